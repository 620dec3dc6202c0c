"""Judging a call's arguments against the schema of its tool: the one place that decides what a call violates."""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import jsonschema_rs

from toolcall_data.schema.normalise import JSON, Normalised, RepairKind, normalise
from toolcall_data.schema.text_formats import CHECKERS

ViolationKind: TypeAlias = Literal[
    "required",
    "nested_required",
    "nested_requires_all",
    "type",
    "numeric_string",
    "float_for_integer",
    "enum",
    "unknown_arg",
    "format",
    "range",
    "pattern",
    "length",
    "other",
]

_MOST_STEPS = 100_000
"""How far a pattern with look-around may backtrack; all other patterns run in linear time."""

_MOST_VERDICTS = 256
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)

_KIND_OF: dict[str, ViolationKind] = {
    "type": "type",
    "enum": "enum",
    "format": "format",
    "pattern": "pattern",
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "range"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), "length"),
}
_NO_VERDICT = frozenset({"backtrackLimitExceeded", "regexEngineFailure", "referencing"})


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which arguments break their schema.

    `pointer` leads into the arguments: to the value, or to the object that lacks a name. `expected` is what the schema
    asks for (names of types, allowed values, a limit, the missing name), `found` the value that stands there, and
    `keyword` the word of the schema that is broken. An unknown argument is `allowed` where the schema says that more
    than it declares may be given.
    """

    kind: ViolationKind
    pointer: str
    expected: JSON = None
    found: JSON = None
    keyword: str = ""
    detail: str = ""
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """Why a schema cannot be used: a pointer into the normalised schema, and the reason."""

    pointer: str
    detail: str


class Compiled:
    """A tool's parameters, normalised and compiled; `fault` says why they could not be."""

    def __init__(self, parameters: JSON, beside: JSON = None) -> None:
        self.normalised: Normalised = normalise(parameters, beside)
        self.schema: JSON = _plain(self.normalised.schema)
        self.fault: SchemaFault | None = None
        self._validator: jsonschema_rs.Draft202012Validator | None = None
        self._verdicts: dict[bytes, tuple[Violation, ...]] = {}
        try:
            self._validator = _compiled(self.schema)
        except jsonschema_rs.ValidationError as error:
            self.fault = SchemaFault(_pointer(error.instance_path), _reason(error))
        except (ValueError, TypeError, RecursionError) as error:
            self.fault = SchemaFault("", str(error))

    def repairs(self, kind: RepairKind) -> list[str]:
        """The pointers of the repairs of one kind."""
        return [repair.pointer for repair in self.normalised.repairs if repair.kind == kind]

    def violations(self, arguments: JSON) -> tuple[Violation, ...]:
        """What the arguments violate; nothing where the schema could not be compiled."""
        if self._validator is None or not isinstance(self.schema, dict) or self._is_plainly_right(arguments):
            return ()
        key = exact(arguments)
        known = self._verdicts.get(key) if key is not None else None
        if known is not None:
            return known
        found = tuple(self._judge(self._validator, arguments))
        if key is not None:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts.clear()
            self._verdicts[key] = found
        return found

    def _is_plainly_right(self, arguments: JSON) -> bool:
        """Whether the walk would find nothing, as can be seen without it, and the validator finds nothing either.

        Most calls are so: they are spared the walk, and the remembering of a verdict that is found as fast again.
        """
        if type(arguments) is not dict or not _is_declared(self.schema, arguments, 0):
            return False
        try:
            return self._validator is not None and self._validator.is_valid(arguments)
        except (ValueError, RecursionError):
            return False

    def _judge(self, validator: jsonschema_rs.Draft202012Validator, arguments: JSON) -> list[Violation]:
        try:
            broken = [] if validator.is_valid(arguments) else list(validator.iter_errors(arguments))
        except (ValueError, RecursionError):
            return []
        found = [violation for error in broken for violation in _violations(error)]
        found += _walk(self.schema, arguments)
        return _told(found)


def violations(parameters: JSON, arguments: JSON, beside: JSON = None) -> tuple[Violation, ...]:
    """What `arguments` violate in a tool's parameters as a dataset wrote them."""
    return compiled(parameters, beside).violations(arguments)


def compiled(parameters: JSON, beside: JSON = None) -> Compiled:
    """The parameters compiled, once per distinct value."""
    key = exact([parameters, beside])
    return _compiled_key(key) if key is not None else Compiled(parameters, beside)


@lru_cache(maxsize=2048)
def _compiled_key(key: bytes) -> Compiled:
    parameters, beside = marshal.loads(key)
    return Compiled(parameters, beside)


def exact(value: JSON) -> bytes | None:
    """Bytes that only an equal value has, key order and kinds of number told apart; four times as fast as JSON text.

    None where it is no JSON value or nested too deeply.
    """
    try:
        return marshal.dumps(value, _WITHOUT_REFERENCES)
    except (ValueError, RecursionError):
        return None


_WITHOUT_REFERENCES = 2
"""The last version of marshal that writes equal values equally."""


def _is_declared(schema: JSON, value: JSON, depth: int) -> bool:
    """Whether plain schemas, each for itself, declare every argument, and no number is a whole `3.0`."""
    kind = type(value)
    if kind in _FLAT:
        return True
    if kind is float:
        return not value.is_integer() or (type(schema) is dict and schema.get("type") == "number")
    if type(schema) is not dict or depth > _SHALLOW or not _COMBINING.isdisjoint(schema) or "prefixItems" in schema:
        return False
    if kind is list:
        items = schema.get("items")
        return all(type(item) is str or _is_declared(items, item, depth + 1) for item in value)
    properties = schema.get("properties")
    if kind is not dict or type(properties) is not dict or not properties.keys() >= value.keys():
        return False
    for key, item in value.items():
        if type(item) not in _FLAT and not _is_declared(properties[key], item, depth + 1):
            return False
    return True


_FLAT = frozenset({str, int, bool, type(None)})
_SHALLOW = 8


def _plain(schema: JSON) -> JSON:
    """The schema without the name of its draft: all are judged as Draft 2020-12."""
    return {key: value for key, value in schema.items() if key != "$schema"} if isinstance(schema, dict) else schema


def _compiled(schema: JSON) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema,
        formats=CHECKERS,
        validate_formats=True,
        retriever=_refuse,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_STEPS),
    )


def _refuse(uri: str) -> Any:
    raise ValueError(f"`{uri}` lies outside the row and is never fetched")


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1') if isinstance(part, str) else part}" for part in path)


def _reason(error: jsonschema_rs.ValidationError) -> str:
    """One line that says what is wrong with a schema."""
    path, value = error.instance_path, error.instance
    shown = _shown(value)
    if path and path[-1] == "type":
        return f"{shown} is no type of JSON Schema"
    return error.message if len(error.message) < 200 else f"{error.message[:200]}…"


def _shown(value: JSON) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return ""


def _violations(error: jsonschema_rs.ValidationError) -> Iterator[Violation]:
    name, at = error.kind.name, _pointer(error.instance_path)
    value: JSON = error.instance
    if name in _NO_VERDICT:
        return
    said: dict[str, Any] = error.kind.as_dict() if name not in ("anyOf", "oneOf") else {}
    match name:
        case "required":
            yield Violation("required" if not at else "nested_required", at, said["property"], value, name)
        case "additionalProperties" | "unevaluatedProperties":
            for key in said["unexpected"]:
                yield Violation("unknown_arg", at + _pointer([key]), None, value.get(key), name)
        case "type":
            yield _of_type(at, said["types"], value)
        case "anyOf" | "oneOf":
            yield from _of_union(error, at)
        case _:
            kind = _KIND_OF.get(name, "other")
            yield Violation(kind, at, next(iter(said.values()), None), value, name, error.message)


def _of_type(at: str, types: list[str], value: JSON) -> Violation:
    """A value of the wrong type; a string that spells a value of the right one is a kind of its own."""
    kind: ViolationKind = "type" if meant(value, types) is None else "numeric_string"
    return Violation(kind, at, tuple(sorted(types)), value, "type")


def meant(value: JSON, types: Iterable[str]) -> int | float | bool | None:
    """The number or boolean that a string spells, where one of the types asks for it; None where it spells none."""
    if not isinstance(value, str):
        return None
    types = set(types)
    if "boolean" in types and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if types.isdisjoint(("integer", "number")) or len(value) > 40 or not _NUMBER.fullmatch(value):
        return None
    if "." not in value:
        return int(value)
    return float(value) if "number" in types else None


def _of_union(error: jsonschema_rs.ValidationError, at: str) -> Iterator[Violation]:
    """A value that fits no branch: where one branch alone fits its type, what that branch finds, else the union."""
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", [])
    if error.kind.name == "oneOf" and any(not branch for branch in branches):
        yield Violation("other", at, None, error.instance, "oneOf", error.message)
        return
    typed = [[_own_type(branch, error) for branch in each] for each in branches]
    fitting = [each for each, types in zip(branches, typed, strict=True) if not any(types)]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _violations(inner)
    elif not fitting and branches:
        yield _of_type(at, sorted({name for types in typed for each in types for name in each}), error.instance)
    else:
        yield Violation("other", at, None, error.instance, error.kind.name, error.message)


def _own_type(branch: jsonschema_rs.ValidationError, union: jsonschema_rs.ValidationError) -> list[str]:
    """The types a branch asks of the very value that the union judges, where that is what fails."""
    if branch.kind.name != "type" or branch.instance_path != union.instance_path:
        return []
    types: list[str] = branch.kind.as_dict()["types"]
    return types


def _told(found: list[Violation]) -> list[Violation]:
    """Each fault once: no more about a value of the wrong type, no missing names where the schema is too strict."""
    wrong_type = {violation.pointer for violation in found if violation.kind in ("type", "numeric_string")}
    too_strict = {violation.pointer for violation in found if violation.kind == "nested_requires_all"}
    told: list[Violation] = []
    seen: set[tuple[str, str, str]] = set()
    for violation in found:
        key = (violation.kind, violation.pointer, str(violation.expected))
        about_value = violation.kind in ("enum", "format", "range", "pattern", "length", "other")
        if key in seen or (about_value and violation.pointer in wrong_type):
            continue
        if violation.kind == "nested_required" and violation.pointer in too_strict:
            continue
        seen.add(key)
        told.append(violation)
    return told


def _walk(root: dict[str, JSON], arguments: JSON) -> list[Violation]:
    """What a validator does not say: arguments that no property declares, `3.0` for an integer, and whether an object
    that lacks names was asked for every property it has."""
    found: list[Violation] = []
    _Walk(root, found).value([root], arguments, "", 0)
    return found


_DEEPEST = 64
_OPEN: dict[str, JSON] = {"additionalProperties": True}
"""What a reference that cannot be followed stands for: anything may be declared there."""


class _Walk:
    def __init__(self, root: dict[str, JSON], found: list[Violation]) -> None:
        self.root = root
        self.found = found

    def value(self, schemas: list[JSON], value: JSON, at: str, depth: int) -> None:
        if not isinstance(value, dict | list | float) or depth > _DEEPEST:
            return
        known = list(self.applying(schemas, set()))
        if isinstance(value, dict):
            self.object(known, value, at, depth)
        elif isinstance(value, list):
            self.array(known, value, at, depth)
        elif value.is_integer() and _asks_integer(known):
            self.found.append(Violation("float_for_integer", at, "integer", value, "type"))

    def applying(self, schemas: list[JSON], seen: set[int]) -> Iterator[dict[str, JSON]]:
        """The schemas and all that they combine, each once, references followed inside the row."""
        for schema in schemas:
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            yield schema
            if schema.keys().isdisjoint(_COMBINING):
                continue
            inner = [schema[key] for key in ("then", "else") if key in schema]
            for key in ("allOf", "anyOf", "oneOf"):
                inner += schema[key] if isinstance(schema.get(key), list) else []
            inner += list(schema["dependentSchemas"].values()) if "dependentSchemas" in schema else []
            if isinstance(schema.get("$ref"), str):
                inner.append(self.referred(schema["$ref"]))
            yield from self.applying(inner, seen)

    def referred(self, ref: str) -> JSON:
        target: JSON = self.root if ref.startswith("#") else _OPEN
        for part in ref[1:].split("/")[1:] if ref.startswith("#/") else []:
            target = target.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
        return target if isinstance(target, dict) else _OPEN

    def object(self, known: list[dict[str, JSON]], value: dict[str, JSON], at: str, depth: int) -> None:
        declaring = [schema["properties"] for schema in known if isinstance(schema.get("properties"), dict)]
        if at and not any(declaring):
            declaring = []
        rest = [schema["additionalProperties"] for schema in known if "additionalProperties" in schema]
        is_open = any(more is not False for more in rest)
        by_pattern = any("patternProperties" in schema or "unevaluatedProperties" in schema for schema in known)
        if declaring and at:
            self.lacking(known, value, at)
        for key, item in value.items():
            inner = [properties[key] for properties in declaring if key in properties]
            if not inner and declaring and not by_pattern and not (is_open and not any(declaring)):
                self.found.append(
                    Violation("unknown_arg", at + _pointer([key]), None, item, "additionalProperties", allowed=is_open)
                )
            self.value(inner or [more for more in rest if more is not False], item, at + _pointer([key]), depth + 1)

    def lacking(self, known: list[dict[str, JSON]], value: dict[str, JSON], at: str) -> None:
        """An object that was asked for every property it has, of which some are given: the schema is too strict."""
        for schema in known:
            properties, required = schema.get("properties"), schema.get("required")
            if not isinstance(properties, dict) or not isinstance(required, list) or len(properties) < 2:
                continue
            missing = [name for name in properties if name not in value]
            if missing and value and set(properties) <= {name for name in required if isinstance(name, str)}:
                self.found.append(Violation("nested_requires_all", at, tuple(missing), value, "required"))

    def array(self, known: list[dict[str, JSON]], value: list[JSON], at: str, depth: int) -> None:
        for index, item in enumerate(value):
            inner: list[JSON] = []
            for schema in known:
                first = schema.get("prefixItems")
                in_first = isinstance(first, list) and index < len(first)
                inner.append(first[index] if in_first and isinstance(first, list) else schema.get("items"))
            self.value(inner, item, f"{at}/{index}", depth + 1)


_COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas"})


def _asks_integer(known: list[dict[str, JSON]]) -> bool:
    types = {name for schema in known for name in _types(schema)}
    return "integer" in types and "number" not in types


def _types(schema: dict[str, JSON]) -> list[str]:
    found = schema.get("type")
    return [found] if isinstance(found, str) else found if isinstance(found, list) else []
