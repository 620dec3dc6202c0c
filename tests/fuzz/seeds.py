"""What inputs are made from: the shipped samples, every format's example, the good and bad examples of every rule."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson

from toolcall_data.bundled import files
from toolcall_data.formats.base import formats
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import DatasetRule


@cache
def rows() -> tuple[bytes, ...]:
    """Whole rows, each pickled: loading one again is the quickest way to a row of one's own."""
    return tuple(dict.fromkeys(pickle.dumps(row) for row in (*_samples(), *_formats(), *_examples()) if row))


@cache
def lines() -> tuple[bytes, ...]:
    """Lines that a rule's examples give as text, broken ones too."""
    return tuple(
        dict.fromkeys(line.encode("utf-8", "surrogateescape") for line in _examples() if isinstance(line, str))
    )


@cache
def keys() -> tuple[str, ...]:
    """Every key that stands anywhere in the rows, also inside their JSON texts, and the keywords of JSON Schema."""
    return tuple(sorted({key for row in rows() for key in _keys(pickle.loads(row))} | set(_KEYWORDS)))


_KEYWORDS = (
    *("$ref", "$defs", "allOf", "anyOf", "oneOf", "not", "if", "then", "const", "enum", "pattern", "patternProperties"),
    *(
        "minLength",
        "maxItems",
        "uniqueItems",
        "multipleOf",
        "propertyNames",
        "dependentSchemas",
        "prefixItems",
        "contains",
    ),
)


def _samples() -> Iterator[Any]:
    for path in files("samples"):
        for line in path.read_bytes().splitlines():
            if isinstance(row := _decoded(line), dict):
                yield row


def _decoded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _formats() -> Iterator[Any]:
    for found in formats().values():
        yield found.example


def _examples() -> Iterator[Any]:
    for rule in rules():
        for example in (*rule.good, *rule.bad):
            yield from example if isinstance(rule, DatasetRule) else [example]


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("[", "{")):
        value = _decoded(value.encode("utf-8", "replace"))
    if isinstance(value, dict):
        yield from (key for key in value if isinstance(key, str))
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(item)
