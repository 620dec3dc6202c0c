"""JSON inside strings: reading it with its faults kept, and writing it the way LLaMA-Factory writes it."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from toolcall_data.conversation.model import JSON

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Decoded:
    """A decoded JSON text, with the keys that stood twice in one object and whether it held NaN or Infinity."""

    value: JSON = None
    error: str | None = None
    duplicate_keys: list[str] = field(default_factory=list)
    not_finite: bool = False


class _Reader(threading.local):
    """One decoder per thread: building a `JSONDecoder` for each text would cost more than decoding it."""

    def __init__(self) -> None:
        self.found = Decoded()
        self.decoder = json.JSONDecoder(object_pairs_hook=self._pairs, parse_constant=self._constant)

    def _pairs(self, items: list[tuple[str, JSON]]) -> dict[str, JSON]:
        result = dict(items)
        if len(result) != len(items):
            keys = [key for key, _ in items]
            self.found.duplicate_keys += sorted({key for key in keys if keys.count(key) > 1})
        return result

    def _constant(self, name: str) -> float:
        self.found.not_finite = True
        return float(name)


_READER = _Reader()


def decode(text: str) -> Decoded:
    """Read JSON as Python's `json` does (the parser of LLaMA-Factory), noting what that parser hides.

    `error` says what is wrong, with its column from 1, where the text is no JSON, holds half of a surrogate pair, or
    is nested deeper than the parser can follow.
    """
    found = _READER.found = Decoded()
    try:
        found.value = _READER.decoder.decode(text)
    except json.JSONDecodeError as error:
        found.error = f"{error.msg.removesuffix(' at')} at column {error.pos + 1}"
    except RecursionError:
        found.error = "nested too deeply"
    except ValueError as error:
        found.error = str(error)
    if found.error is None and "\\u" in text and _LONE_SURROGATE.search(encode(found.value)):
        found.error = "holds half of a surrogate pair"
    return found


def encode(value: JSON) -> str:
    """JSON on one line, Chinese unescaped, key order kept: byte for byte what LLaMA-Factory renders."""
    return json.dumps(value, ensure_ascii=False)


def kind_of(value: Any) -> str:
    """The JSON type of a value, in words for messages."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
