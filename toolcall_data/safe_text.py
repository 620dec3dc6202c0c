"""Text from data made fit to be shown: nothing in it that a terminal would obey, or hide."""

from __future__ import annotations

import re

# Control characters, direction marks, characters without width, halves of surrogate pairs: none reaches a terminal.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_TAB = "    "


def safe(text: str) -> str:
    """`text` with everything that a terminal would obey, or not show, replaced by a picture: ESC as ␛, NUL as ␀.

    Line breaks stay; a tab becomes four spaces.
    """
    return _UNSAFE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character == "\t":
        return _TAB
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"
