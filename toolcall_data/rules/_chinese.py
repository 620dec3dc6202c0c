"""Characters of Chinese text: what rules about them share, asked once per conversation.

A rule first asks which characters of the conversation lie outside ASCII and GB 2312: most rows have none, and then no
text is searched at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._guards import facts
from toolcall_data.rules._once import once

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
KANA = re.compile(r"[\u3041-\u30fa\u30fc-\u30ff]")
ZERO_WIDTH = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
NO_BREAK = frozenset("\u00a0\u202f\u3000")
CONTROL = frozenset(chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160)))
FULL_WIDTH = frozenset(chr(code) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
_STAMPS_OF_MOJIBAKE = frozenset("锟烫屯")
"""Characters of GB 2312 that misread bytes are known by; ordinary text seldom has them."""

_ROWS_OF_SYMBOLS = range(0xA1, 0xAA)
_ROWS_OF_HAN = range(0xB0, 0xF8)
_CELLS = range(0xA1, 0xFF)


def _of_gb2312(rows: range) -> frozenset[str]:
    """The characters in rows of GB 2312."""
    codes = b"".join(bytes((row, cell)) for row in rows for cell in _CELLS)
    return frozenset(codes.decode("gb2312", errors="ignore"))


SIMPLIFIED_SET = _of_gb2312(_ROWS_OF_HAN)
"""The 6763 Han characters of GB 2312."""

_COMMON = (
    (SIMPLIFIED_SET | _of_gb2312(_ROWS_OF_SYMBOLS) | frozenset(map(chr, range(32, 127))) | frozenset("\t\n\r·—"))
    - FULL_WIDTH
    - NO_BREAK
    - _STAMPS_OF_MOJIBAKE
)
_WORTH_A_LOOK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u3000０-９Ａ-Ｚａ-ｚ锟烫屯]")
"""What GB 2312 can encode and `_COMMON` leaves out."""


@once
def unusual_characters(conversation: Conversation) -> frozenset[str]:
    """The characters of its texts, results and calls that lie outside ASCII and GB 2312, or deserve a look."""
    text = facts(conversation).said
    if "\\" in text:
        text = "".join([text, *_strings([call.arguments for call in conversation.calls])])
    return frozenset() if is_common(text) else frozenset(text) - _COMMON


def is_common(text: str) -> bool:
    """Whether every character is in `_COMMON`: the encoder answers five times as fast as a set of characters."""
    if "·" in text or "—" in text:
        text = text.replace("·", "").replace("—", "")
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return _WORTH_A_LOOK.search(text) is None


def has_unusual_characters(conversation: Conversation) -> bool:
    """Whether it has characters outside ASCII and GB 2312: the guard of the rules about single characters."""
    return bool(unusual_characters(conversation))


def _strings(value: object) -> Iterator[str]:
    """Every string in a JSON value; however deep it is, nothing recurses."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += value
            left += value.values()


def has_han(text: str) -> bool:
    """Whether a Han character stands in the text."""
    return HAN.search(text) is not None


_KEPT = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,400}`"
    r"|“[^”\n]{1,400}”|‘[^’\n]{1,400}’|「[^」\n]{1,400}」|『[^』\n]{1,400}』|《[^》\n]{1,400}》|〈[^〉\n]{1,400}〉"
    r"|\"[^\"\n]{1,400}\"",
    re.DOTALL,
)
"""Code, quoted words and titles: what is said about and not said."""


def plain(text: str) -> str:
    """The text with code, quoted words and titles blanked out; every other character keeps its place."""
    return _KEPT.sub(lambda found: " " * len(found[0]), text)


def changed_outside_quotes(text: str, table: dict[int, str | None]) -> str:
    """The text with characters translated, code, quoted words and titles left as they are."""
    return "".join(piece if kept else piece.translate(table) for piece, kept in _parted(text))


def simplified(text: str) -> str:
    """The text in simplified characters by OpenCC's phrases, code, quoted words and titles left as they are."""
    convert = _converter("t2s")
    return "".join(piece if kept else convert(piece) for piece, kept in _parted(text))


def _parted(text: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in _KEPT.finditer(text):
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False


class _Converter:
    """One direction of OpenCC."""

    def __init__(self, direction: str) -> None:
        import opencc

        self._convert = opencc.OpenCC(direction).convert

    def __call__(self, text: str) -> str:
        return str(self._convert(text)) if text.isprintable() or text.isascii() else self._by_line(text)

    def _by_line(self, text: str) -> str:
        """Characters that a C string cannot carry pass by the converter."""
        return "".join(
            str(self._convert(piece)) if HAN.search(piece) else piece
            for piece in re.split(r"([^\u3400-\u9fff]+)", text)
        )


@cache
def _converter(direction: str) -> _Converter:
    return _Converter(direction)


@cache
def traditional_set() -> frozenset[str]:
    """Characters that only traditional text has: outside GB 2312, and OpenCC turns them into one inside it.

    Characters that both scripts use (乾 著 於 沈 后 里) are in GB 2312 and so no part of it.
    """
    rare = [chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in SIMPLIFIED_SET]
    turned = _converter("t2s")("".join(rare))
    if len(turned) != len(rare):
        turned = "".join(_converter("t2s")(each)[:1] for each in rare)
    return frozenset(old for old, new in zip(rare, turned, strict=True) if old != new and new in SIMPLIFIED_SET)


@cache
def simplified_only_set() -> frozenset[str]:
    """Characters that only simplified text has: OpenCC changes them for traditional text, and Big5 lacks them."""
    convert = _converter("s2t")
    return frozenset(each for each in SIMPLIFIED_SET if not _in_big5(each) and convert(each) != each)


def _in_big5(character: str) -> bool:
    try:
        return bool(character.encode("big5"))
    except UnicodeEncodeError:
        return False
