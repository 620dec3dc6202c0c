"""The names of types: JSON Schema's own, and what other languages call them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

JSON: TypeAlias = Any

TYPES = frozenset({"string", "integer", "number", "boolean", "object", "array", "null"})

_SPELLINGS: dict[str, str] = {
    "string": "str string text char character varchar java.lang.string",
    "integer": "int integer long short byte int8 int16 int32 int64 uint uint32 uint64 bigint biginteger",
    "number": "float double decimal number numeric num real float32 float64 bigdecimal",
    "boolean": "bool boolean",
    "object": "dict object map hashmap mapping json record struct",
    "array": "list array tuple set arraylist vector sequence iterable",
    "null": "none null nonetype nil void undefined",
}
ALIASES: dict[str, str] = {alias: name for name, aliases in _SPELLINGS.items() for alias in aliases.split()}
"""JSON Schema's type of each other spelling, in lower case."""

_ANY = frozenset({"any", "typing.any", "mixed", "unknown"})
_LONGEST = 300
"""Types written longer than this are prose; the bound keeps reading them linear."""
_OPTIONAL = re.compile(r"\s*(?:,\s*optional|\(\s*optional\s*\))\s*\Z", re.IGNORECASE)
_NOT_OPTIONAL = re.compile(r"\s*(?:,\s*required|\(\s*required\s*\))\s*\Z", re.IGNORECASE)
_GENERIC = re.compile(r"([\w.]+)\s*[\[<](.*)[\]>]\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TypeRead:
    """What a type's spelling says: the JSON Schema keywords it stands for, and whether it says optional or not."""

    keywords: dict[str, JSON]
    optional: bool | None = None


def read_type(written: str) -> TypeRead | None:
    """What another spelling of a type stands for; None where it is JSON Schema's own or no type anyone knows.

    >>> read_type("List[int], optional")
    TypeRead(keywords={'type': 'array', 'items': {'type': 'integer'}}, optional=True)
    """
    if written in TYPES or len(written) > _LONGEST:
        return None
    optional = True if _OPTIONAL.search(written) else False if _NOT_OPTIONAL.search(written) else None
    text = _NOT_OPTIONAL.sub("", _OPTIONAL.sub("", written)).strip()
    keywords = _keywords(text)
    return TypeRead(keywords, optional) if keywords is not None else None


def _keywords(text: str) -> dict[str, JSON] | None:
    low = text.lower()
    if low in _ANY:
        return {}
    if low in ALIASES:
        return {"type": ALIASES[low]}
    if len(parts := _split(text, "|")) > 1 or len(parts := text.split(" or ")) > 1:
        return _union(parts)
    if text.endswith("[]") and (inner := _keywords(text[:-2])) is not None:
        return _array(inner)
    match = _GENERIC.match(text)
    return _generic(match[1].lower().removeprefix("typing."), match[2]) if match else None


def _generic(name: str, inside: str) -> dict[str, JSON] | None:
    parts = _split(inside, ",")
    if name == "literal":
        values = [part.strip("'\"") for part in parts]
        return {"type": "string", "enum": values} if all(part[:1] in "'\"" for part in parts) else {"enum": parts}
    if name == "optional":
        return _union([*parts, "null"])
    if name == "union":
        return _union(parts)
    if name == "tuple" and len(parts) > 1 and parts[-1] != "...":
        return {"type": "array"}
    kind = ALIASES.get(name)
    inner = _keywords(parts[-1] if kind == "object" else parts[0])
    if kind == "array":
        return _array(inner or {})
    if kind == "object":
        return {"type": "object", "additionalProperties": inner} if inner else {"type": "object"}
    return None


def _array(items: dict[str, JSON]) -> dict[str, JSON]:
    return {"type": "array", "items": items} if items else {"type": "array"}


def _union(parts: list[str]) -> dict[str, JSON] | None:
    read = [_keywords(part) for part in parts]
    known = [part for part in read if part is not None]
    return joined(known) if known and len(known) == len(read) else None


def joined(known: list[dict[str, JSON]]) -> dict[str, JSON]:
    """The keywords for a value that fits any of these types."""
    if not all(known):
        return {}
    if all(set(part) == {"type"} for part in known):
        named = [part["type"] for part in known]
        types = list(dict.fromkeys(name for each in named for name in (each if isinstance(each, list) else [each])))
        return {"type": types[0] if len(types) == 1 else types}
    return {"anyOf": known}


def _split(text: str, mark: str) -> list[str]:
    """The parts of `text` at each `mark` that stands in no bracket."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "[<(") - (letter in "]>)")
        if letter == mark and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def is_of(value: JSON, types: Iterable[str]) -> bool:
    """Whether a value has one of JSON Schema's types: `3.0` is an integer, `true` is none."""
    return any(_is_a(value, name) for name in types)


def _is_a(value: JSON, name: str) -> bool:
    if name == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kinds: dict[str, type] = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    return isinstance(value, kinds[name])


def types_of_values(values: Iterable[JSON]) -> list[str]:
    """The types these values have, each once, in JSON Schema's names; `number` covers `integer`."""
    found = list(dict.fromkeys(_type_of(value) for value in values))
    return [name for name in found if name != "integer" or "number" not in found]


def _type_of(value: JSON) -> str:
    return next(name for name in _NARROW_FIRST if _is_a(value, name))


_NARROW_FIRST = ("string", "boolean", "integer", "number", "null", "array", "object")


def is_type(value: JSON) -> bool:
    return isinstance(value, str) and value in TYPES


def read_item(item: JSON) -> TypeRead | None:
    """What an item of a list of types stands for; None where nobody knows."""
    if is_type(item):
        return TypeRead({"type": item})
    return read_type(item) if isinstance(item, str) else None


def in_words(read: TypeRead) -> str:
    if not read.keywords:
        return "any type, which JSON Schema says by naming none"
    kind = read.keywords.get("type", "anyOf")
    said = " or ".join(f"`{name}`" for name in kind) if isinstance(kind, list) else f"`{kind}`"
    items = read.keywords.get("items")
    inner = f" with items of `{items['type']}`" if isinstance(items, dict) and "type" in items else ""
    return f"{said}{inner}{', not required' if read.optional else ''}"


def in_chinese(read: TypeRead) -> str:
    if not read.keywords:
        return "任意类型，JSON Schema 用不写 `type` 来表示"
    kind = read.keywords.get("type", "anyOf")
    said = " 或 ".join(f"`{name}`" for name in kind) if isinstance(kind, list) else f"`{kind}`"
    items = read.keywords.get("items")
    inner = f"，元素为 `{items['type']}`" if isinstance(items, dict) and "type" in items else ""
    return f" {said}{inner}{'，非必填' if read.optional else ''}"
