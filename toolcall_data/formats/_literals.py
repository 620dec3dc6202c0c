"""Values written as Python or JSON writes them, read out of the middle of a text: nothing is evaluated.

Reading takes linear time and follows at most `DEPTH` levels, so that any text may be given.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON

DEPTH = 100
"""How many levels of lists and objects are followed."""

SPACE = re.compile(r"\s*")
_STRINGS = {
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
    "'": re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "\\": "\\", "/": "/", '"': '"', "'": "'"}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"-?[A-Za-z]+(?!\w)")
_WORDS: dict[str, JSON] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
    "NaN": math.nan,
    "nan": math.nan,
    "Infinity": math.inf,
    "inf": math.inf,
    "-Infinity": -math.inf,
    "-inf": -math.inf,
}
_LONG = 4000


class LiteralError(ValueError):
    """What stands here is not what was expected; `position` is where."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(what)
        self.position = position


@dataclass(frozen=True, slots=True)
class Found:
    """A value, where it ends (where it broke off, on an error), the keys given twice, and whether it holds NaN."""

    value: JSON
    end: int
    error: str | None = None
    duplicate_keys: tuple[str, ...] = ()
    not_finite: bool = False


_END_OF_JSON = json.JSONDecoder().raw_decode


def value_at(text: str, position: int = 0) -> Found:
    """The JSON value or Python literal that begins at `position`; what follows it may be anything.

    The error is that of the JSON parser: it is JSON that was meant to stand there.
    """
    found = json_at(text, position)
    if found.error is None:
        return found
    reader = LiteralReader(text, position)
    try:
        value = reader.value()
    except LiteralError as error:
        return Found(None, max(error.position, position), found.error)
    return Found(value, reader.position, None, tuple(reader.twice), reader.not_finite)


def json_at(text: str, position: int = 0) -> Found:
    """The JSON value that begins at `position`, as Python's `json` reads it; what follows it may be anything.

    It is looked for in a part of the text that doubles while the value may go on behind it: the parser counts the lines
    before each of its errors, which would make a text full of errors take quadratic time.
    """
    width = _WIDTH
    while True:
        part = text[position : position + width]
        is_all = position + width >= len(text)
        try:
            end = _END_OF_JSON(part)[1]
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated string") or error.pos > len(part) - _LONGEST_WORD
            if is_all or not cut:
                column = f"{error.msg.removesuffix(' at')} at column {error.pos + 1}"
                return Found(None, position + error.pos, column)
        except RecursionError:
            return Found(None, position, "nested too deeply")
        except ValueError as error:
            return Found(None, position, str(error))
        else:
            if is_all or end <= len(part) - _LONGEST_WORD:
                found = decode(part[:end])
                return Found(found.value, position + end, found.error, tuple(found.duplicate_keys), found.not_finite)
        width *= 2


_WIDTH = 4096
_LONGEST_WORD = 16
"""No number aside, nothing that the parser reads whole outside of strings is longer."""


class LiteralReader:
    """Reads one value after another from `position` on.

    `twice` gathers keys given twice in one object, `not_finite` says whether NaN or Infinity was met.
    """

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.twice: list[str] = []
        self.not_finite = False

    def space(self) -> None:
        """Pass white space."""
        self.match(SPACE)

    def take(self, expected: str) -> bool:
        """Whether the next character but space is `expected`; if so it is passed."""
        self.space()
        if not self.text.startswith(expected, self.position):
            return False
        self.position += len(expected)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches here, passed."""
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def value(self, depth: int = 0) -> JSON:
        """The next value.

        Raises:
            LiteralError: there is none.
        """
        self.space()
        if depth > DEPTH:
            raise self.wrong("nested too deeply")
        start = self.text[self.position : self.position + 1]
        if start in _STRINGS:
            return self.string()
        if start == "{":
            return self._object(depth)
        if start in ("[", "("):
            return self._list(depth, "]" if start == "[" else ")")
        return self._scalar()

    def string(self) -> str:
        """The next value, which is a string in single or double quotes.

        Raises:
            LiteralError: there is none, or it holds half of a surrogate pair.
        """
        pattern = _STRINGS.get(self.text[self.position : self.position + 1])
        found = pattern.match(self.text, self.position) if pattern else None
        if found is None:
            raise self.wrong("a string is not closed")
        self.position = found.end()
        if "\\" not in found[1]:
            return found[1]
        text = _ESCAPE.sub(_character, found[1])
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise self.wrong("holds half of a surrogate pair") from error

    def wrong(self, what: str) -> LiteralError:
        """The error for this place."""
        return LiteralError(what, self.position)

    def keep(self, into: dict[str, JSON], key: str, value: JSON) -> None:
        """Set a key, noting one that is there already."""
        if key in into:
            self.twice.append(key)
        into[key] = value

    def _object(self, depth: int) -> dict[str, JSON]:
        self.position += 1
        value: dict[str, JSON] = {}
        while not self.take("}"):
            self.space()
            key = self.string()
            if not self.take(":"):
                raise self.wrong("a key without a value")
            self.keep(value, key, self.value(depth + 1))
            if not self.take(",") and not self.text.startswith("}", self.position):
                raise self.wrong("an object is not closed")
        return value

    def _list(self, depth: int, close: str) -> list[JSON]:
        self.position += 1
        values: list[JSON] = []
        while not self.take(close):
            values.append(self.value(depth + 1))
            if not self.take(",") and not self.text.startswith(close, self.position):
                raise self.wrong("a list is not closed")
        return values

    def _scalar(self) -> JSON:
        if number := self.match(_NUMBER):
            return self._number(number[0])
        word = self.match(_WORD)
        if word is None or word[0] not in _WORDS:
            raise self.wrong("no value")
        value = _WORDS[word[0]]
        self.not_finite |= isinstance(value, float)
        return value

    def _number(self, text: str) -> int | float:
        if text.lstrip("+-").isdigit():
            if len(text) > _LONG:
                raise self.wrong("a number of too many digits")
            return int(text)
        value = float(text)
        self.not_finite |= not math.isfinite(value)
        return value


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _PLAIN.get(escape[3], escape[0])


def python_text(value: JSON) -> str:
    """A JSON value as a Python literal, strings in double quotes."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(python_text(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{encode(key)}: {python_text(item)}" for key, item in value.items()) + "}"
    return encode(value)
