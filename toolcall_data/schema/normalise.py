"""What datasets write for JSON Schema, turned into Draft 2020-12, with every repair named.

Tool definitions come from Python signatures, Java classes, OpenAPI files and older drafts: `str, optional`,
`List[int]`, a bare map of properties, `required` beside the schema or as a boolean inside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from toolcall_data.prose import Prose
from toolcall_data.schema.type_names import JSON as JSON
from toolcall_data.schema.type_names import (
    TYPES,
    in_chinese,
    in_words,
    is_of,
    is_type,
    joined,
    read_item,
    read_type,
    types_of_values,
)

RepairKind: TypeAlias = Literal[
    "flat",
    "root_type",
    "alias",
    "type_unknown",
    "required_place",
    "required_flag",
    "required_list",
    "required_null",
    "required_unknown",
    "draft",
    "nullable",
    "null",
    "enum_type",
    "enum_empty",
    "limits",
]
"""What was wrong: the map of properties stands where the schema belongs (`flat`), the root's type is not `object`, a
type has another language's name or one that nobody knows; `required` stands elsewhere, is a boolean inside a property
(`required_flag`), no list, null, or names no property; a spelling of an older draft, or OpenAPI's `nullable`; a keyword
that is null; an enum without a single value of its type, or without any value; limits that no value can keep."""

KINDS: frozenset[RepairKind] = frozenset(get_args(RepairKind))

_ONE = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
_MAY_BE_NULL = frozenset({"default", "const", "example", "examples"})
_COMBINED = frozenset({"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"})
_LIMITS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
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
    detail: Prose


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


class _Walk:
    """One pass over a schema, collecting repairs; `wants` says which kinds are made."""

    def __init__(self, kinds: frozenset[RepairKind]) -> None:
        self.wants = kinds
        self.repairs: list[Repair] = []

    def note(self, kind: RepairKind, at: str, detail: str, chinese: str) -> bool:
        """Whether to make the repair, which is then recorded."""
        if kind not in self.wants:
            return False
        self.repairs.append(Repair(kind, at, Prose(detail, chinese)))
        return True

    def root(self, written: dict[str, JSON], beside: JSON) -> JSON:
        written = self._root_enum(self._nulls(dict(written), ""))
        flat = _flat_properties(written)
        schema = self._flat(written, flat) if flat is not None else self.schema(self._root_type(written), "")
        if _is_names(beside) and self.note(
            "required_place", "", "`required` stands beside the parameters", "`required` 写在了参数表旁边"
        ):
            schema["required"] = list(dict.fromkeys([*_names(schema.get("required")), *beside]))
        return self._unknown(schema, "")

    def _root_enum(self, written: dict[str, JSON]) -> dict[str, JSON]:
        """Arguments are an object, so an enum of the whole that has none can never be satisfied, and goes."""
        values = written.get("enum")
        if not isinstance(values, list) or any(isinstance(value, dict) for value in values):
            return written
        kind: RepairKind = "enum_type" if values else "enum_empty"
        words = ("`enum` of the parameters has no object", "整个参数表的 `enum` 里没有对象")
        if not self.note(kind, "/enum", *words):
            return written
        return {key: value for key, value in written.items() if key != "enum"}

    def _root_type(self, written: dict[str, JSON]) -> dict[str, JSON]:
        found = written.get("type")
        is_combined = any(written.get(key) is not None for key in _COMBINED)
        if found == "object" or (found is None and is_combined):
            return written
        said = "no type" if found is None else f"the type `{found}`"
        chinese = "没有写类型" if found is None else f"类型是 `{found}`"
        place = "" if found is None else "/type"
        if not self.note("root_type", place, f"the root has {said}", f"最外层{chinese}"):
            return written
        rest = {key: value for key, value in written.items() if key != "type"}
        return {"type": "object", "properties": {}, **rest} if not rest else {"type": "object", **rest}

    def _flat(self, written: dict[str, JSON], flat: dict[str, JSON]) -> dict[str, JSON]:
        written = dict(written)
        if "required" not in flat:
            self._listed(written, "", flat)
        made = self.note(
            "flat", "", "the properties stand directly under the parameters", "各参数直接写在了 `parameters` 下面"
        )
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
        if at:
            self._type(schema, at)
        self._older(schema, at)
        self._listed(schema, at, schema.get("properties"))
        wanted: dict[str, bool] = {}
        for key in _ONE:
            if isinstance(schema.get(key), dict):
                schema[key] = self._closed(schema[key], f"{at}/{key}", key in ("items", "additionalProperties"))
        for key in _MANY:
            if isinstance(schema.get(key), list):
                moved = key == "prefixItems" and isinstance(written.get("items"), list) and "items" not in schema
                place = f"{at}/items" if moved else f"{at}/{key}"
                schema[key] = [
                    self._closed(item, f"{place}/{index}", key == "prefixItems")
                    for index, item in enumerate(schema[key])
                ]
        for key in _MAPS:
            if isinstance(schema.get(key), dict):
                schema[key] = self._map(schema, key, f"{at}/{key}", wanted)
        self._required(schema, at, wanted)
        self._enum(schema, at)
        self._limits(schema, at)
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
        if not _is_names(found) or not self.note(
            "required_place", f"{at}/required", "it stands among the properties", "它写进了 `properties` 里"
        ):
            return properties
        schema["required"] = list(dict.fromkeys([*_names(schema.get("required")), *_names(found)]))
        return {name: value for name, value in properties.items() if name != "required"}

    def _property(self, name: str, written: JSON, at: str, wanted: dict[str, bool]) -> JSON:
        """A property's schema; whether the property itself says that it is required goes into `wanted`."""
        if not isinstance(written, dict):
            return written
        flag = written.get("required")
        kept: dict[str, JSON] = {}
        if isinstance(flag, bool):
            word = _json_bool(flag)
            written = {key: value for key, value in written.items() if key != "required"}
            if self.note("required_flag", f"{at}/required", f"`{name}` says {word}", f"`{name}` 写的是 {word}"):
                wanted[name] = flag
            else:
                kept = {"required": flag}
        said = read_type(written["type"]) if isinstance(written.get("type"), str) else None
        if said is not None and said.optional is not None and "alias" in self.wants:
            wanted[name] = not said.optional
        return {**self._closed(written, at, True), **kept}

    def _listed(self, schema: dict[str, JSON], at: str, properties: JSON) -> None:
        """`required` of an object that is no list: the names that a string has, or nothing."""
        found = schema.get("required")
        if found is None or isinstance(found, list):
            return
        if self.note("required_list", f"{at}/required", "it is no list of names", "它不是名字的列表"):
            names = _named_in(found, properties)
            schema.update({"required": names} if names else {})
            if not names:
                del schema["required"]

    def _required(self, schema: dict[str, JSON], at: str, wanted: dict[str, bool]) -> None:
        found = schema.get("required")
        if not wanted:
            return
        listed = [name for name in _names(found) if wanted.get(name, True)]
        names = [*listed, *(name for name, is_required in wanted.items() if is_required and name not in listed)]
        if names or found:
            schema["required"] = names

    def _type(self, schema: dict[str, JSON], at: str) -> None:
        found = schema.get("type")
        if isinstance(found, list) and found:
            self._type_list(schema, found, at)
        elif "type" in schema and found is not None and not is_type(found):
            self._type_name(schema, found, at)

    def _type_name(self, schema: dict[str, JSON], found: JSON, at: str) -> None:
        read = read_type(found) if isinstance(found, str) else None
        if read is None:
            if self.note("type_unknown", f"{at}/type", _shown(found), _shown(found)):
                del schema["type"]
        elif self.note("alias", f"{at}/type", f"`{found}` means {in_words(read)}", f"`{found}` 即{in_chinese(read)}"):
            _retype(schema, read.keywords)

    def _type_list(self, schema: dict[str, JSON], found: list[JSON], at: str) -> None:
        read = [read_item(item) for item in found]
        kept = [index for index, known in enumerate(read) if known is not None or not self._drops(found, index, at)]
        others = [index for index in kept if read[index] is not None and not is_type(found[index])]
        for index in others:
            known = read[index]
            words = (in_words(known), in_chinese(known)) if known is not None else ("", "")
            place, item = f"{at}/type/{index}", found[index]
            if not self.note("alias", place, f"`{item}` means {words[0]}", f"`{item}` 即{words[1]}"):
                others = []
                break
        if len(kept) == len(found) and not others:
            return
        meant = [known.keywords if (known := read[index]) is not None else {"type": found[index]} for index in kept]
        if not kept:
            del schema["type"]
        elif others and all(isinstance(found[index], str) for index in kept):
            _retype(schema, joined(meant))
        else:
            schema["type"] = [meant[place].get("type", found[index]) for place, index in enumerate(kept)]

    def _drops(self, found: list[JSON], index: int, at: str) -> bool:
        shown = _shown(found[index])
        return self.note("type_unknown", f"{at}/type/{index}", shown, shown)

    def _older(self, schema: dict[str, JSON], at: str) -> None:
        """Draft 4 and 7 spellings, and OpenAPI's `nullable`."""
        if isinstance(schema.get("items"), list) and self.note(
            "draft", f"{at}/items", "a list of `items` means `prefixItems`", "`items` 写成列表，意思是 `prefixItems`"
        ):
            schema["prefixItems"] = schema.pop("items")
        for flag, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            value = schema.get(flag)
            if isinstance(value, bool) and self.note(
                "draft", f"{at}/{flag}", f"`{flag}` as a boolean is draft 4", f"`{flag}` 写成布尔值是 draft 4 的写法"
            ):
                del schema[flag]
                if value and limit in schema:
                    schema[flag] = schema.pop(limit)
        kind = schema.get("type")
        if at and schema.get("nullable") is True and isinstance(kind, str) and kind != "null":
            words = ("`nullable` is OpenAPI's word", "`nullable` 是 OpenAPI 的写法")
            if not self.note("nullable", f"{at}/nullable", *words):
                return
            schema["type"] = [kind, "null"]
            if isinstance(schema.get("enum"), list) and schema["enum"] and None not in schema["enum"]:
                schema["enum"] = [*schema["enum"], None]

    def _nulls(self, schema: dict[str, JSON], at: str) -> dict[str, JSON]:
        """Keywords and properties that are null: what a merge of unlike objects into one table leaves behind."""
        keep = self._without_null(schema, at, lambda key: key in _KEYWORDS and key not in _MAY_BE_NULL)
        if isinstance(keep.get("properties"), dict):
            keep["properties"] = self._without_null(keep["properties"], f"{at}/properties", lambda key: True)
        return keep

    def _without_null(self, found: dict[str, JSON], at: str, counts: Callable[[str], bool]) -> dict[str, JSON]:
        gone = [key for key, value in found.items() if value is None and counts(key)]
        gone = [key for key in gone if self._is_gone(key, at)]
        return {key: value for key, value in found.items() if key not in gone} if gone else found

    def _is_gone(self, key: str, at: str) -> bool:
        kind: RepairKind = "required_null" if key == "required" and not at.endswith("/properties") else "null"
        return self.note(kind, f"{at}/{_escape(key)}", f"`{key}` is null", f"`{key}` 是 null")

    def _enum(self, schema: dict[str, JSON], at: str) -> None:
        """An enum that no call could satisfy: one without values goes, one without a value of its type sets the type.

        The values stay as they are, since they are what calls copy.
        """
        if not at:
            return
        values, kind = schema.get("enum"), schema.get("type")
        if values == [] and self.note("enum_empty", f"{at}/enum", "`enum` has no values", "`enum` 里一个值也没有"):
            del schema["enum"]
        kinds = [kind] if isinstance(kind, str) else kind
        if not isinstance(values, list) or not values or not isinstance(kinds, list):
            return
        known = [name for name in kinds if isinstance(name, str) and name in TYPES]
        if len(known) != len(kinds) or any(is_of(value, known) for value in values):
            return
        said, chinese = f"no value is of type {' or '.join(known)}", f"没有一个值是 {' 或 '.join(known)} 类型"
        if self.note("enum_type", f"{at}/enum", said, chinese):
            found = types_of_values(values)
            schema["type"] = found[0] if len(found) == 1 else found

    def _limits(self, schema: dict[str, JSON], at: str) -> None:
        """A lower limit above the upper one: no value keeps both, so neither counts."""
        for low, high in _LIMITS if at else ():
            least, most = schema.get(low), schema.get(high)
            if not isinstance(least, int | float) or not isinstance(most, int | float) or least <= most:
                continue
            said = f"`{low}` {least} is above `{high}` {most}"
            if self.note("limits", f"{at}/{low}", said, f"`{low}` {least} 大于 `{high}` {most}"):
                del schema[low], schema[high]

    def _unknown(self, schema: JSON, at: str) -> JSON:
        """Required names that no property has: dropped, and declared as anything, so that no call is blamed."""
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, dict) or not isinstance(required, list) or not _COMBINED.isdisjoint(schema):
            return schema
        if "patternProperties" in schema or schema.get("additionalProperties", False) is not False:
            return schema
        unknown = [name for name in required if isinstance(name, str) and name not in properties]
        unknown = [name for name in unknown if self.note("required_unknown", f"{at}/required", name, name)]
        if not unknown:
            return schema
        return {
            **schema,
            "properties": {**properties, **{name: {} for name in unknown}},
            "required": [name for name in required if name not in unknown],
        }


def _retype(schema: dict[str, JSON], keywords: dict[str, JSON]) -> None:
    """Put these keywords where the type stands; keywords that the schema has keep their value."""
    items = list(schema.items())
    meant = {key: value for key, value in keywords.items() if key == "type" or key not in schema}
    schema.clear()
    for key, value in items:
        schema.update(meant if key == "type" else {key: value})


def _named_in(written: JSON, properties: JSON) -> list[str] | None:
    """The names that a string lists, where all are properties."""
    names = [name.strip() for name in re.split("[,，、]", written)] if isinstance(written, str) else []
    return names if names and isinstance(properties, dict) and all(name in properties for name in names) else None


def _shown(value: JSON) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _flat_properties(written: dict[str, JSON]) -> dict[str, JSON] | None:
    """The properties that stand directly under the parameters, None where the parameters are a schema.

    `{"city": {"type": "string"}}` is such a map, and so is the same with a `type: object` or a `required` list in it.
    """
    if not written or isinstance(written.get("properties"), dict):
        return None
    found = {key: value for key, value in written.items() if isinstance(value, dict)}
    rest = {key for key, value in written.items() if value is not None or key not in _KEYWORDS} - found.keys()
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


def _json_bool(flag: bool) -> str:
    return "true" if flag else "false"


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
