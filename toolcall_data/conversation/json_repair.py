"""JSON that is nearly JSON: what was meant, which repairs that takes, and how sure each of them is.

Reading goes over a text once, follows at most `DEPTH` levels, and gives a result for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose

DEPTH = 100

RepairKind: TypeAlias = Literal[
    "single_quotes",
    "full_width",
    "trailing_comma",
    "python_word",
    "bare_key",
    "comment",
    "line_break",
    "number",
    "fence",
    "several",
    "inner_quote",
    "escape",
    "prose",
    "extra_bracket",
    "truncated",
]

REPAIRS: dict[RepairKind, Prose] = {
    "single_quotes": Prose("single quotes", "单引号"),
    "full_width": Prose("full-width punctuation", "全角标点"),
    "trailing_comma": Prose("a trailing comma", "末尾多余的逗号"),
    "python_word": Prose("True, False or None", "True、False 或 None"),
    "bare_key": Prose("keys without quotes", "键没有引号"),
    "comment": Prose("a comment", "注释"),
    "line_break": Prose("a control character in a string", "字符串里的控制字符"),
    "number": Prose("a number as JSON does not write it", "JSON 不这样写的数字"),
    "fence": Prose("a code fence", "代码围栏"),
    "several": Prose("several objects in a row", "多个对象连写"),
    "inner_quote": Prose("a quote inside a string", "字符串里有引号"),
    "escape": Prose("an escape that JSON does not have", "JSON 没有的转义"),
    "prose": Prose("text around the JSON", "JSON 前后有文字"),
    "extra_bracket": Prose("a bracket too many", "多了括号"),
    "truncated": Prose("a cut-off end", "末尾被截断"),
}
"""What each repair is of, in words."""

LIKELY: frozenset[RepairKind] = frozenset({"inner_quote", "escape", "prose", "extra_bracket", "truncated"})
"""Repairs that guess: what was meant is likely, not sure."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The objects or lists that a text meant, the text `around` them, and the repairs that reading it took."""

    values: tuple[JSON, ...]
    repairs: tuple[RepairKind, ...]
    around: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether nothing else can have been meant."""
        return LIKELY.isdisjoint(self.repairs)


def repaired(text: str) -> Repaired | None:
    """What a text that is no JSON meant: an object, a list, or several of them; None where that cannot be told."""
    inner, before, after, is_fenced = _unfenced(text)
    start = _START.search(inner)
    reader = _Reader(inner, start.start()) if start else None
    values = reader.values() if reader else None
    if start is None or reader is None or values is None:
        return None
    around = [part for part in (before, inner[: start.start()], reader.rest(), after) if part.strip()]
    repairs = [*reader.repairs]
    repairs += ["fence"] if is_fenced else []
    repairs += ["several"] if len(values) > 1 else []
    repairs += ["prose"] if around else []
    joined = "\n".join(part.strip() for part in around)
    return Repaired(tuple(values), tuple(kind for kind in REPAIRS if kind in repairs), joined)


def named(repairs: Iterable[RepairKind]) -> Prose:
    """Repairs in words."""
    found = [REPAIRS[kind] for kind in repairs]
    return Prose(", ".join(found), "、".join(word.zh for word in found))


_FENCE = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\r?\n?")
_START = re.compile(
    r"""[{｛]\s*(?=["'“”＂‘’}｝/#]|\Z|[^\W\d][\w.$-]*\s*[:：])|[\[［]\s*(?=["'“”＂‘’\[［{｛\]］/#]|\Z)"""
)
"""A bracket with that behind it with which JSON goes on."""
_BLANK = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/|#[^\n]*)", re.DOTALL)
_SPACE = re.compile(r"\s*")
_OPENING = {"{": "{", "[": "[", "｛": "{", "［": "["}
_CLOSING = {"}": "}", "]": "]", "｝": "}", "］": "]"}
_QUOTES = {'"': '"', "'": "'", "“": "”“", "”": "”", "＂": "＂", "‘": "’‘", "’": "’"}
_WIDE = frozenset("｛［｝］，：“”＂‘’\u3000")
_COMMA = frozenset(",，")
_COLON = frozenset(":：")
_AFTER_STRING = frozenset(",，:：}]｝］")
_WORDS: dict[str, JSON] = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_PYTHON = frozenset({"True", "False", "None"})
_WORD = re.compile(r"[A-Za-z]+(?![\w.])")
_BARE_KEY = re.compile(r"[^\W\d][\w.$-]*(?=\s*[:：])")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])", re.ASCII)
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_CUT_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?)?")
_MOST_DIGITS = 4000
_PLAIN = re.compile(r"""[^\\"'“”＂‘’\x00-\x1f]+""")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "/": "/", '"': '"'}
_CODE = re.compile(r"[0-9a-fA-F]{4}")
_HEX = re.compile(r"[0-9a-fA-F]{2}")


def _unfenced(text: str) -> tuple[str, str, str, bool]:
    """The content of the first code fence, what stands before and after it, and whether there is one."""
    fence = _FENCE.search(text)
    first = _START.search(text)
    if fence is None or (first is not None and first.start() < fence.start()):
        return text, "", "", False
    end = text.rfind("```", fence.end())
    stop = len(text) if end < 0 else end
    return text[fence.end() : stop], text[: fence.start()], text[stop + 3 :], True


class _UnclearError(ValueError):
    """What stands here cannot be told."""


class _CutError(ValueError):
    """The text ends here."""


class _Reader:
    """Reads values from a position on, noting the repairs that takes."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.repairs: set[RepairKind] = set()

    def values(self) -> list[JSON] | None:
        """The objects or lists that follow each other from here on; None where the first cannot be told."""
        found: list[JSON] = []
        while True:
            before, known = self.position, set(self.repairs)
            try:
                found.append(self._container(0))
            except (_UnclearError, _CutError):
                self.position, self.repairs = before, known
                return found or None
            before, known = self.position, set(self.repairs)
            self._blank()
            if self._here() in _CLOSING:
                self._extra_brackets()
            if not self._here():
                return found
            if self._here() in _COMMA:
                self._step()
                self._blank()
            if self._here() not in _OPENING:
                self.position, self.repairs = before, known
                return found

    def rest(self) -> str:
        """What follows the values; a lone comma or semicolon is no text."""
        found = self.text[self.position :]
        if found.strip() not in (",", ";", "，", "；"):
            return found
        self.repairs.add("trailing_comma")
        return ""

    def _extra_brackets(self) -> None:
        while self._here() and self._here() in _CLOSING:
            self.repairs.add("extra_bracket")
            self.position += 1
            self._blank()

    def _here(self) -> str:
        return self.text[self.position : self.position + 1]

    def _step(self) -> str:
        """The character here, passed."""
        found = self._here()
        if found in _WIDE:
            self.repairs.add("full_width")
        self.position += 1
        return found

    def _blank(self) -> None:
        """Pass white space and comments."""
        while match := _BLANK.match(self.text, self.position):
            if match[0][0] in "/#":
                self.repairs.add("comment")
            elif "\u3000" in match[0]:
                self.repairs.add("full_width")
            self.position = match.end()

    def _value(self, depth: int) -> JSON:
        self._blank()
        here = self._here()
        if not here:
            raise _CutError
        if here in _OPENING:
            return self._container(depth)
        return self._string() if here in _QUOTES else self._scalar()

    def _container(self, depth: int) -> JSON:
        if depth > DEPTH:
            raise _UnclearError
        kind = _OPENING.get(self._here())
        if kind is None:
            raise _UnclearError
        self._step()
        return self._object(depth) if kind == "{" else self._list(depth)

    def _object(self, depth: int) -> dict[str, JSON]:
        found: dict[str, JSON] = {}
        try:
            while not self._closes("}"):
                key = self._key()
                self._blank()
                if not self._here():
                    raise _CutError
                if self._here() not in _COLON:
                    raise _UnclearError
                self._step()
                value = self._value(depth + 1)
                if key in found:
                    raise _UnclearError
                found[key] = value
                self._between("}")
        except _CutError:
            self.repairs.add("truncated")
        return found

    def _list(self, depth: int) -> list[JSON]:
        found: list[JSON] = []
        try:
            while not self._closes("]"):
                found.append(self._value(depth + 1))
                self._between("]")
        except _CutError:
            self.repairs.add("truncated")
        return found

    def _closes(self, bracket: str) -> bool:
        """Whether the container ends here; its bracket is passed."""
        self._blank()
        if not self._here():
            raise _CutError
        if _CLOSING.get(self._here()) != bracket:
            return False
        self._step()
        return True

    def _between(self, bracket: str) -> None:
        """Pass the comma after an item."""
        self._blank()
        if not self._here():
            raise _CutError
        if _CLOSING.get(self._here()) == bracket:
            return
        if self._here() not in _COMMA:
            raise _UnclearError
        self._step()
        self._blank()
        if _CLOSING.get(self._here()) == bracket:
            self.repairs.add("trailing_comma")

    def _key(self) -> str:
        self._blank()
        here = self._here()
        if not here:
            raise _CutError
        if here in _QUOTES:
            at = self.position
            key = self._string()
            if self.position >= len(self.text) and at < self.position:
                raise _CutError
            return key
        found = _BARE_KEY.match(self.text, self.position)
        if found is None:
            raise _UnclearError
        self.repairs.add("bare_key")
        self.position = found.end()
        return found[0]

    def _string(self) -> str:
        """A string in any quotes. A quote ends it only where JSON could go on behind it."""
        text, opened = self.text, self._step()
        closing = _QUOTES[opened]
        if opened in "'‘’":
            self.repairs.add("single_quotes")
        pieces: list[str] = []
        while self.position < len(text):
            if plain := _PLAIN.match(text, self.position):
                pieces.append(plain[0])
                self.position = plain.end()
                continue
            here = text[self.position]
            if here == "\\":
                pieces.append(self._escape(opened))
            elif self._ends(here, closing):
                self._step()
                return _joined(pieces)
            else:
                if here in closing or (here in '"“”＂' and opened in "“”＂"):
                    self.repairs.add("inner_quote")
                elif here < " ":
                    self.repairs.add("line_break")
                pieces.append(here)
                self.position += 1
        self.repairs.add("truncated")
        return _joined(pieces)

    def _ends(self, here: str, closing: str) -> bool:
        """Whether the quote here ends the string; a full-width one may be ended by an ASCII one."""
        if here not in closing and not (here == '"' and closing[0] in "”＂"):
            return False
        space = _SPACE.match(self.text, self.position + 1)
        after = self.text[space.end() : space.end() + 1] if space else ""
        return not after or after in _AFTER_STRING or (after in "/#" and self.text[self.position + 1] in " \t\r\n")

    def _escape(self, opened: str) -> str:
        """The character that an escape stands for, passed; one that nobody has stays as written."""
        mark = self.text[self.position + 1 : self.position + 2]
        self.position += 2
        if not mark:
            self.position = len(self.text)
            return ""
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        if mark in ("'", opened):
            self.repairs.add("single_quotes")
            return mark
        if code := (_CODE if mark == "u" else _HEX if mark == "x" else _NEVER).match(self.text, self.position):
            self.position = code.end()
            if mark == "x":
                self.repairs.add("single_quotes")
            return chr(int(code[0], 16))
        self.repairs.add("escape")
        return f"\\{mark}"

    def _scalar(self) -> JSON:
        if number := _NUMBER.match(self.text, self.position):
            return self._number(number)
        word = _WORD.match(self.text, self.position)
        if word is None or word[0] not in _WORDS:
            rest = self.text[self.position :]
            is_cut = len(rest) < _LONGEST_WORD and any(known.startswith(rest) for known in _WORDS)
            if is_cut or _CUT_NUMBER.fullmatch(rest):
                self.position = len(self.text)
                raise _CutError
            raise _UnclearError
        if word[0] in _PYTHON:
            self.repairs.add("python_word")
        self.position = word.end()
        return _WORDS[word[0]]

    def _number(self, found: re.Match[str]) -> int | float:
        text = found[0]
        digits = text.lstrip("+-")
        if len(text) > _MOST_DIGITS or (digits.isdigit() and len(digits) > 1 and digits[0] == "0"):
            raise _UnclearError
        if _JSON_NUMBER.fullmatch(text) is None:
            self.repairs.add("number")
        self.position = found.end()
        value = int(text) if digits.isdigit() else float(text)
        if value in _INFINITE:
            raise _UnclearError
        return value


_NEVER = re.compile(r"(?!)")
_INFINITE = (float("inf"), float("-inf"))
_LONGEST_WORD = 6


def _joined(pieces: list[str]) -> str:
    """The string that pieces make; halves of surrogate pairs become whole, or what cannot be told.

    Raises:
        _UnclearError: a half is alone.
    """
    text = "".join(pieces)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _UnclearError from None
