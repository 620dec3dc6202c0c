"""Results that are no JSON: what they were meant to be."""

from __future__ import annotations

import ast
import math
import re
import warnings
from functools import lru_cache

from toolcall_data.conversation.model import JSON

_LONGEST = 200_000
_DEEPEST = 60
_OPENS = re.compile(r"\s*(?:\{\s*['\"}]|\[\s*[\[{'\"])")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_BRACKET = re.compile(r"[\[\]{}()]")


def looks_like_json(text: str) -> bool:
    """Whether a text begins as an object or a list of values does, and not as a reference such as `[1]`."""
    return _OPENS.match(text) is not None


@lru_cache(maxsize=16)
def python_value(text: str) -> JSON:
    """The object or list that Python's `repr` wrote as this text, None where it is none or JSON cannot say it."""
    if len(text) > _LONGEST or not looks_like_json(text) or _is_deep(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return _plain(value) if isinstance(value, dict | list) and _is_plain(value) else None


def _is_deep(text: str) -> bool:
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match.group() in "[{(" else -1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(key) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return _HALF_A_PAIR.search(value) is None
    return value is None or isinstance(value, int)


def _plain(value: JSON) -> JSON:
    """The value with tuples as lists."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
