"""JSON inside strings: reading it with its faults kept, and writing it the way LLaMA-Factory writes it."""

from __future__ import annotations

import json
import re
import sys
import threading
from dataclasses import dataclass
from typing import Any, TypeGuard

import orjson

from toolcall_data.conversation.model import JSON

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
DEEPEST = 100
"""Levels of arrays and objects that a value may nest. What checks, stores and writes it follows twice as many."""

# orjson makes floats of integers beyond 64 bits; to look for a run of digits this way is eight times as fast as `re`.
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 19

TOO_DEEP = "nested too deeply"


def has_long_number(text: bytes) -> bool:
    """Whether there is a run of digits that a 64-bit integer may not hold."""
    return _LONG_NUMBER in text.translate(_DIGITS)


def may_be_deep(text: bytes) -> bool:
    """Whether there are brackets enough to nest too deeply: quick to tell, and false of most texts."""
    return text.count(b"[") + text.count(b"{") > DEEPEST


def is_deep(value: JSON) -> bool:
    """Whether a value nests too deeply; nothing recurses."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [item for holder in level if type(holder) in _NESTED for item in _items(holder)]
        if not level:
            return False
    return True


def _items(holder: Any) -> list[JSON]:
    return [item for item in (holder.values() if type(holder) is dict else holder) if type(item) in _NESTED]


@dataclass(slots=True)
class Decoded:
    """A decoded JSON text, with the keys that stood twice in one object and whether it held NaN or Infinity."""

    value: JSON = None
    error: str | None = None
    not_finite: bool = False
    _twice: tuple[str, ...] = ()
    _text: str | None = None

    @property
    def duplicate_keys(self) -> tuple[str, ...]:
        """Found out when asked: most texts show by one count that they have none."""
        if self._text is None or _keys_stand_once(self._text, self.value):
            return self._twice
        return _READER.read(self._text)._twice


class _Reader(threading.local):
    """One decoder per thread: building a `JSONDecoder` for each text would cost more than decoding it."""

    def __init__(self) -> None:
        self.found = Decoded()
        self.decoder = json.JSONDecoder(object_pairs_hook=self._pairs, parse_constant=self._constant)

    def read(self, text: str) -> Decoded:
        """The text as Python's `json` reads it, whatever it holds."""
        found = self.found = Decoded()
        try:
            found.value = self.decoder.decode(text)
        except json.JSONDecodeError as error:
            found.error = f"{error.msg.removesuffix(' at')} at column {error.pos + 1}"
        except RecursionError:
            found.error = TOO_DEEP
        except ValueError as error:
            found.error = str(error)
        if found.error is None and is_deep(found.value):
            found.value, found.error = None, TOO_DEEP
        if found.error is None and "\\u" in text and _LONE_SURROGATE.search(encode(found.value)):
            found.value, found.error = None, "holds half of a surrogate pair"
        return found

    def _pairs(self, items: list[tuple[str, JSON]]) -> dict[str, JSON]:
        result = dict(items)
        if len(result) != len(items):
            keys = [key for key, _ in items]
            self.found._twice += tuple(sorted({key for key in keys if keys.count(key) > 1}))
        return result

    def _constant(self, name: str) -> float:
        self.found.not_finite = True
        return float(name)


_READER = _Reader()


def decode(text: str) -> Decoded:
    """Read JSON as Python's `json` does (the parser of LLaMA-Factory), noting what that parser hides.

    `error` says what is wrong, with its column from 1, where the text is no JSON, holds half of a surrogate pair, or
    is nested deeper than the parser can follow. orjson reads the texts on which both agree.
    """
    try:
        data = text.encode()
        value = orjson.loads(data)
    except ValueError:
        return _READER.read(text)
    if _LONG_NUMBER in data.translate(_DIGITS):
        return _READER.read(text)
    if may_be_deep(data) and is_deep(value):
        return Decoded(error=TOO_DEEP)
    return Decoded(value, None, False, (), text)


def _keys_stand_once(text: str, value: JSON) -> bool:
    """Whether it is certain: no more keys were written than were read.

    A quote and a colon inside a string, or white space after a quote, leave it open.
    """
    is_tight = '" ' not in text and '"\n' not in text and '"\t' not in text and '"\r' not in text
    return is_tight and text.count('":') == _keys(value)


def _keys(value: JSON) -> int:
    if type(value) is dict:
        count = len(value)
        for item in value.values():
            if type(item) in _NESTED:
                count += _keys(item)
        return count
    return sum(_keys(item) for item in value if type(item) in _NESTED) if type(value) is list else 0


_NESTED = frozenset({dict, list})


def encode(value: JSON) -> str:
    """JSON on one line, Chinese unescaped, key order kept: byte for byte what LLaMA-Factory renders."""
    return json.dumps(value, ensure_ascii=False)


def is_finite(value: JSON) -> TypeGuard[int | float]:
    """Whether it is a number that a float can hold: integers may have any length."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def kind_of(value: Any) -> str:
    """The JSON type of a value, in words for messages."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
