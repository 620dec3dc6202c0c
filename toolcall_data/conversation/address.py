"""JSON pointers (RFC 6901): a place inside a row, or inside JSON text that a row holds as a string."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_DECODE = json.JSONDecoder(strict=False).raw_decode
_SPACE = re.compile(r"[ \t\r\n]*")


def pointer(*parts: str | int) -> str:
    """The pointer to `parts`; no parts give the whole document, an empty string."""
    return "".join(f"/{escape(part) if isinstance(part, str) else part}" for part in parts)


def escape(key: str) -> str:
    """A key as it is written inside a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def parts(at: str) -> list[str]:
    """The keys and indices of a pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:]]


def follow(document: object, at: str) -> object:
    """The value at a pointer.

    Raises:
        LookupError: there is no such place.
    """
    value = document
    for part in parts(at):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() else None
        elif isinstance(value, dict):
            value = value[part]
        else:
            raise LookupError(at)
    return value


@lru_cache(maxsize=4096)
def item_at(*keys: str | int) -> str:
    """`pointer`, remembered: readers ask for the same few places in every row."""
    return pointer(*keys)


def span_of(text: str, at: str) -> tuple[int, int] | None:
    """Where in JSON `text` the value at a pointer is written, as character offsets [start, end).

    The key is included where the last part names one. None where the text is no JSON or has no such place; an object
    with the key twice gives the last one, which is the one that parsers keep.
    """
    wanted = parts(at)
    try:
        position, end = _skip(text, 0), len(text)
        start = position
        for part in wanted:
            found = _member(text, position, part) if text[position] == "{" else _item(text, position, part)
            if found is None:
                return None
            start, position, end = found
    except (ValueError, IndexError, RecursionError):
        return None
    return (start, end)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _member(text: str, position: int, key: str) -> tuple[int, int, int] | None:
    """Start of the key, start and end of the value, of `key` in the object at `position`."""
    found = None
    position = _skip(text, position + 1)
    while text[position] == '"':
        key_start = position
        name, position = _DECODE(text, position)
        value_start = _skip(text, _skip(text, position) + 1)
        _, value_end = _DECODE(text, value_start)
        if name == key:
            found = (key_start, value_start, value_end)
        position = _skip(text, value_end)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return found


def _item(text: str, position: int, index: str) -> tuple[int, int, int] | None:
    if text[position] != "[" or not index.isdigit():
        return None
    position = _skip(text, position + 1)
    for _ in range(int(index)):
        _, position = _DECODE(text, position)
        position = _skip(text, _skip(text, position) + 1)
    _, end = _DECODE(text, position)
    return (position, position, end)
