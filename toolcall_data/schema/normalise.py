"""What datasets write for JSON Schema, turned into Draft 2020-12, with every repair named.

Tool definitions come from Python signatures, Java classes, OpenAPI files and older drafts: `str, optional`,
`List[int]`, a bare map of properties, `required` beside the schema or as a boolean inside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

JSON: TypeAlias = Any

RepairKind: TypeAlias = Literal[
    "flat", "root_type", "alias", "required_place", "required_flag", "required_unknown", "draft", "null", "enum_type"
]
"""What was wrong: the map of properties stands where the schema belongs (`flat`), the root's type is not `object`, a
type has another language's name, `required` stands elsewhere, is a boolean or no list, or names no property; a
spelling of an older draft or of OpenAPI; a keyword that is null; an enum without a single value of its type."""

KINDS: frozenset[RepairKind] = frozenset(get_args(RepairKind))

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
_OPTIONAL = re.compile(r"\s*(?:,\s*optional|\(\s*optional\s*\))\s*\Z", re.IGNORECASE)
_NOT_OPTIONAL = re.compile(r"\s*(?:,\s*required|\(\s*required\s*\))\s*\Z", re.IGNORECASE)
_GENERIC = re.compile(r"([\w.]+)\s*[\[<](.*)[\]>]\Z", re.DOTALL)

_ONE = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
_MAY_BE_NULL = frozenset({"default", "const", "example", "examples"})
_COMBINED = frozenset({"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"})
_KEYWORDS = frozenset(
    {*_ONE, *_MANY, *_MAPS, *_COMBINED, "type", "required", "title", "description", "default", "enum", "const"}
    | {"$schema", "$id", "$comment", "examples", "example", "optional", "strict", "unevaluatedProperties"}
    | {"dependentRequired", "minProperties", "maxProperties", "xml", "externalDocs", "discriminator", "deprecated"}
)


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: what was wrong, where (a pointer into the parameters as written), and in words what it became."""

    kind: RepairKind
    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A schema after its repairs; `schema` is the parameters as written where there were none."""

    schema: JSON
    repairs: tuple[Repair, ...] = ()


def normalise(parameters: JSON, beside: JSON = None, kinds: Iterable[RepairKind] = KINDS) -> Normalised:
    """The parameters of a tool as a Draft 2020-12 schema.

    `beside` is a `required` that stands beside the parameters in the definition. With `kinds`, only repairs of those
    kinds are made, so that a fix changes no more than it names. Parameters that are no object stay as they are, and so
    do those nested deeper than can be followed.
    """
    if not isinstance(parameters, dict):
        return Normalised(parameters)
    walk = _Walk(frozenset(kinds))
    try:
        schema = walk.root(parameters, beside)
    except RecursionError:
        return Normalised(parameters)
    return Normalised(schema if walk.repairs else parameters, tuple(walk.repairs))


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
    if written in TYPES:
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
    if len(parts := _split(text, "|")) > 1:
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
    if len(known) != len(read) or not known:
        return None
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


class _Walk:
    """One pass over a schema, collecting repairs; `wants` says which kinds are made."""

    def __init__(self, kinds: frozenset[RepairKind]) -> None:
        self.wants = kinds
        self.repairs: list[Repair] = []

    def note(self, kind: RepairKind, at: str, detail: str) -> bool:
        """Whether to make the repair, which is then recorded."""
        if kind not in self.wants:
            return False
        self.repairs.append(Repair(kind, at, detail))
        return True

    def root(self, written: dict[str, JSON], beside: JSON) -> JSON:
        written = self._nulls(dict(written), "")
        flat = _flat_properties(written)
        schema = self._flat(written, flat) if flat is not None else self.schema(self._root_type(written), "")
        if _is_names(beside) and self.note("required_place", "", "`required` stands beside the parameters"):
            schema["required"] = list(dict.fromkeys([*_names(schema.get("required")), *beside]))
        return self._unknown(schema, "")

    def _root_type(self, written: dict[str, JSON]) -> dict[str, JSON]:
        found = written.get("type")
        if found == "object" or (found is None and not _COMBINED.isdisjoint(written)):
            return written
        said = "no type" if found is None else f"the type `{found}`"
        if not self.note("root_type", "" if found is None else "/type", f"the root has {said}"):
            return written
        rest = {key: value for key, value in written.items() if key != "type"}
        return {"type": "object", "properties": {}, **rest} if not rest else {"type": "object", **rest}

    def _flat(self, written: dict[str, JSON], flat: dict[str, JSON]) -> dict[str, JSON]:
        made = self.note("flat", "", "the properties stand directly under the parameters")
        wanted: dict[str, bool] = {}
        properties = {name: self._property(name, value, f"/{_escape(name)}", wanted) for name, value in flat.items()}
        if not made:
            return {**written, **properties}
        rest = {key: value for key, value in written.items() if key not in flat and key != "type"}
        schema = {"type": "object", "properties": properties, **rest}
        self._required(schema, "", wanted)
        return schema

    def schema(self, written: JSON, at: str) -> JSON:
        """A subschema after its repairs."""
        if not isinstance(written, dict):
            return written
        schema = self._nulls(dict(written), at)
        self._type(schema, at)
        self._older(schema, at)
        wanted: dict[str, bool] = {}
        for key in _ONE:
            if isinstance(schema.get(key), dict):
                schema[key] = self._closed(schema[key], f"{at}/{key}", key in ("items", "additionalProperties"))
        for key in _MANY:
            if isinstance(schema.get(key), list):
                schema[key] = [
                    self._closed(item, f"{at}/{key}/{index}", key == "prefixItems")
                    for index, item in enumerate(schema[key])
                ]
        for key in _MAPS:
            if isinstance(schema.get(key), dict):
                schema[key] = self._map(schema, key, f"{at}/{key}", wanted)
        self._required(schema, at, wanted)
        self._enum(schema, at)
        return schema

    def _closed(self, written: JSON, at: str, own: bool) -> JSON:
        """A subschema, and where it is one of its `own` (no sibling adds properties) its required names judged."""
        schema = self.schema(written, at)
        return self._unknown(schema, at) if own and isinstance(schema, dict) else schema

    def _map(self, schema: dict[str, JSON], key: str, at: str, wanted: dict[str, bool]) -> dict[str, JSON]:
        found: dict[str, JSON] = schema[key]
        if key != "properties":
            return {name: self.schema(value, f"{at}/{_escape(name)}") for name, value in found.items()}
        found = self._misplaced(schema, found, at)
        return {name: self._property(name, value, f"{at}/{_escape(name)}", wanted) for name, value in found.items()}

    def _misplaced(self, schema: dict[str, JSON], properties: dict[str, JSON], at: str) -> dict[str, JSON]:
        """`required` written as if it were a property: a list of names among the properties."""
        found = properties.get("required")
        if not _is_names(found) or not self.note("required_place", f"{at}/required", "it stands among the properties"):
            return properties
        schema["required"] = list(dict.fromkeys([*_names(schema.get("required")), *_names(found)]))
        return {name: value for name, value in properties.items() if name != "required"}

    def _property(self, name: str, written: JSON, at: str, wanted: dict[str, bool]) -> JSON:
        """A property's schema; whether the property itself says that it is required goes into `wanted`."""
        if not isinstance(written, dict):
            return written
        flag = written.get("required")
        if isinstance(flag, bool) and self.note("required_flag", f"{at}/required", f"`{name}` says {_json_bool(flag)}"):
            written = {key: value for key, value in written.items() if key != "required"}
            wanted[name] = flag
        said = read_type(written["type"]) if isinstance(written.get("type"), str) else None
        if said is not None and said.optional is not None and "alias" in self.wants:
            wanted[name] = not said.optional
        return self._closed(written, at, True)

    def _required(self, schema: dict[str, JSON], at: str, wanted: dict[str, bool]) -> None:
        found = schema.get("required")
        if "required" in schema and not isinstance(found, list):
            if not self.note("required_flag", f"{at}/required", "it is no list of names"):
                return
            del schema["required"]
            declared = schema.get("properties")
            is_name = isinstance(found, str) and isinstance(declared, dict) and found in declared
            found = [found] if is_name else None
            if found:
                schema["required"] = found
        if not wanted:
            return
        listed = [name for name in _names(found) if wanted.get(name, True)]
        names = [*listed, *(name for name, is_required in wanted.items() if is_required and name not in listed)]
        if names or found:
            schema["required"] = names

    def _type(self, schema: dict[str, JSON], at: str) -> None:
        found = schema.get("type")
        if isinstance(found, list):
            self._type_list(schema, found, at)
            return
        read = read_type(found) if isinstance(found, str) else None
        if read is None or not self.note("alias", f"{at}/type", f"`{found}` means {_words(read)}"):
            return
        items = list(schema.items())
        meant = {key: value for key, value in read.keywords.items() if key == "type" or key not in schema}
        schema.clear()
        for key, value in items:
            schema.update(meant if key == "type" else {key: value})

    def _type_list(self, schema: dict[str, JSON], found: list[JSON], at: str) -> None:
        for index, item in enumerate(found):
            read = read_type(item) if isinstance(item, str) else None
            if read is None or set(read.keywords) - {"type"}:
                continue
            if not self.note("alias", f"{at}/type/{index}", f"`{item}` means {_words(read)}"):
                return
            if not read.keywords:
                del schema["type"]
                return
        types = [ALIASES.get(item.lower(), item) if isinstance(item, str) else item for item in found]
        if "alias" in self.wants and types != found:
            schema["type"] = [item for index, item in enumerate(types) if item not in types[:index]]

    def _older(self, schema: dict[str, JSON], at: str) -> None:
        """Draft 4 and 7 spellings, and OpenAPI's `nullable`."""
        if isinstance(schema.get("items"), list) and self.note("draft", f"{at}/items", "a list means `prefixItems`"):
            schema["prefixItems"] = schema.pop("items")
        for flag, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            value = schema.get(flag)
            if isinstance(value, bool) and self.note("draft", f"{at}/{flag}", "a boolean is draft 4"):
                del schema[flag]
                if value and limit in schema:
                    schema[flag] = schema.pop(limit)
        kind = schema.get("type")
        if schema.get("nullable") is True and isinstance(kind, str) and kind != "null":
            if not self.note("draft", f"{at}/nullable", "the type may be null"):
                return
            schema["type"] = [kind, "null"]
            if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
                schema["enum"] = [*schema["enum"], None]

    def _nulls(self, schema: dict[str, JSON], at: str) -> dict[str, JSON]:
        """Keywords and properties that are null: what a merge of unlike objects into one table leaves behind."""
        keep = self._without_null(schema, at, lambda key: key in _KEYWORDS and key not in _MAY_BE_NULL)
        if isinstance(keep.get("properties"), dict):
            keep["properties"] = self._without_null(keep["properties"], f"{at}/properties", lambda key: True)
        return keep

    def _without_null(self, found: dict[str, JSON], at: str, counts: Callable[[str], bool]) -> dict[str, JSON]:
        gone = [key for key, value in found.items() if value is None and counts(key)]
        gone = [key for key in gone if self.note("null", f"{at}/{_escape(key)}", "null is no schema")]
        return {key: value for key, value in found.items() if key not in gone} if gone else found

    def _enum(self, schema: dict[str, JSON], at: str) -> None:
        """A type that none of the enum's values has: no call could satisfy both, so the type is dropped."""
        values, kind = schema.get("enum"), schema.get("type")
        kinds = [kind] if isinstance(kind, str) else kind
        if not isinstance(values, list) or not values or not isinstance(kinds, list):
            return
        known = [name for name in kinds if isinstance(name, str) and name in TYPES]
        if len(known) != len(kinds) or any(is_of(value, known) for value in values):
            return
        if self.note("enum_type", f"{at}/enum", f"no value of it is of type {' or '.join(known)}"):
            del schema["type"]

    def _unknown(self, schema: JSON, at: str) -> JSON:
        """Required names that no property has: dropped, and declared as anything, so that no call is blamed."""
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, dict) or not isinstance(required, list) or not _COMBINED.isdisjoint(schema):
            return schema
        if "patternProperties" in schema or schema.get("additionalProperties", False) is not False:
            return schema
        unknown = [name for name in required if isinstance(name, str) and name not in properties]
        unknown = [name for name in unknown if self.note("required_unknown", f"{at}/required", name)]
        if not unknown:
            return schema
        return {
            **schema,
            "properties": {**properties, **{name: {} for name in unknown}},
            "required": [name for name in required if name not in unknown],
        }


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


def _flat_properties(written: dict[str, JSON]) -> dict[str, JSON] | None:
    """The properties that stand directly under the parameters, None where the parameters are a schema.

    `{"city": {"type": "string"}}` is such a map, and so is the same with a `type: object` or a `required` list in it.
    """
    if not written or isinstance(written.get("properties"), dict):
        return None
    found = {key: value for key, value in written.items() if isinstance(value, dict)}
    rest = written.keys() - found.keys()
    if rest - {"type", "required", "description", "title", "additionalProperties", "strict"}:
        return None
    if set(found) <= _KEYWORDS - {"type", "title", "description", "default", "enum", "required"}:
        return None
    return (
        found if any({"type", "description", "enum", "properties"} & value.keys() for value in found.values()) else None
    )


def _names(value: JSON) -> list[str]:
    """The names of a list of names; none where it is something else."""
    return list(value) if _is_names(value) else []


def _is_names(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _words(read: TypeRead) -> str:
    if not read.keywords:
        return "any type, which JSON Schema says by naming none"
    kind = read.keywords.get("type", "anyOf")
    said = " or ".join(f"`{name}`" for name in kind) if isinstance(kind, list) else f"`{kind}`"
    items = read.keywords.get("items")
    inner = f" with items of `{items['type']}`" if isinstance(items, dict) and "type" in items else ""
    return f"{said}{inner}{', not required' if read.optional else ''}"


def _json_bool(flag: bool) -> str:
    return "true" if flag else "false"


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
