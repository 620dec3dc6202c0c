"""A failing row made small: parts are taken away as long as it still fails in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

_MOST_ATTEMPTS = 600


def smallest(line: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The line, or file, with what can go gone; itself where nothing can."""
    left = _MOST_ATTEMPTS
    while left > 0:
        for smaller in _smaller_lines(line):
            left -= 1
            if fails(smaller):
                line = smaller
                break
            if left <= 0:
                return line
        else:
            return line
    return line


def _smaller_lines(line: bytes) -> Iterator[bytes]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        yield from _smaller_bytes(line)
        return
    for smaller in _smaller(row):
        yield json.dumps(smaller, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _smaller(value: Any) -> Iterator[Any]:
    """The value with one thing less, large things first."""
    if isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
        for key, item in value.items():
            for less in _smaller(item):
                yield {**value, key: less}
    elif isinstance(value, list):
        if len(value) > 3:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
        for index, item in enumerate(value):
            for less in _smaller(item):
                yield [*value[:index], less, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from _smaller_text(value)


def _smaller_bytes(data: bytes) -> Iterator[bytes]:
    size = len(data)
    while size > 1:
        size //= 2
        for start in range(0, len(data), size):
            yield data[:start] + data[start + size :]


def _smaller_text(text: str) -> Iterator[str]:
    if text.startswith(("{", "[")):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        yield from (json.dumps(less, ensure_ascii=False) for less in _smaller(inner))
    size = len(text)
    while size > 1:
        size //= 2
        for start in range(0, len(text), size):
            yield text[:start] + text[start + size :]
