"""Calls against schemas: the same verdict as the reference validator, and each fault named once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from toolcall_data.conversation.address import follow
from toolcall_data.schema.normalise import normalise
from toolcall_data.schema.validator import Violation, compiled, meant, violations

NAMES = ["a", "b", "c"]
TYPES = ["string", "integer", "number", "boolean", "object", "array", "null"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 6)
    | st.sampled_from([0.5, 1.0, 3.0, -2.0, 1e20])
    | st.sampled_from(["", "a", "5", "05", "1.5", "true", "意大利", "x" * 9])
)
INSTANCES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "d"]), inner, max_size=4),
    max_leaves=10,
)


def leaf() -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True)
    keywords = {
        "enum": st.lists(SCALARS, min_size=1, max_size=3, unique_by=repr),
        "minimum": st.integers(-2, 3),
        "exclusiveMaximum": st.integers(0, 5),
        "minLength": st.integers(0, 3),
        "maxItems": st.integers(0, 2),
        "pattern": st.sampled_from(["^a", "[0-9]+$", "^(?=.*a).*$"]),
        "multipleOf": st.sampled_from([1, 2]),
    }
    return st.fixed_dictionaries({}, optional={"type": kinds, **keywords})


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    nested = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=3).flatmap(objects)
    lists = st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 2)})
    unions = st.sampled_from(["anyOf", "oneOf", "allOf"]).flatmap(
        lambda word: st.fixed_dictionaries({word: st.lists(leaf(), min_size=1, max_size=3)})
    )
    return nested | lists | unions


def objects(properties: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.just(properties)},
        optional={
            "required": st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([]),
            "additionalProperties": st.booleans() | leaf(),
        },
    )


PROPERTIES = st.dictionaries(st.sampled_from(NAMES), st.recursive(leaf(), composed, max_leaves=6), max_size=3)
SCHEMAS = PROPERTIES.flatmap(objects)
ARGUMENTS = st.dictionaries(st.sampled_from([*NAMES, "d"]), INSTANCES, max_size=4)


def closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not declare: an undeclared argument is a fault here."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items() if key not in ("properties", "enum")}
    if "enum" in schema:
        found["enum"] = schema["enum"]
    if "properties" in schema:
        found["properties"] = {name: closed(value) for name, value in schema["properties"].items()}
        found.setdefault("additionalProperties", False)
    return found


def breaks(violation: Violation) -> bool:
    return violation.kind != "float_for_integer" and not violation.allowed


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, ARGUMENTS)
def test_verdict_is_that_of_the_reference_validator(schema: dict[str, Any], arguments: dict[str, Any]) -> None:
    if normalise(schema).repairs:
        return
    found = violations(schema, arguments)
    assert any(map(breaks, found)) == (not Draft202012Validator(closed(schema)).is_valid(arguments)), found


@settings(max_examples=200, deadline=None)
@given(SCHEMAS, ARGUMENTS)
def test_violations_point_into_the_arguments_and_come_once(schema: dict[str, Any], arguments: dict[str, Any]) -> None:
    found = violations(schema, arguments)
    for violation in found:
        assert follow(arguments, violation.pointer) == violation.found or violation.keyword == "additionalProperties"
    keys = [(violation.kind, violation.pointer, str(violation.expected)) for violation in found]
    assert len(set(keys)) == len(keys)
    assert violations(schema, arguments) is found


def one(kind: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    """The violations of one argument `a`, as kind and pointer."""
    found = violations({"type": "object", "properties": {"a": kind}}, {"a": value})
    return [(violation.kind, violation.pointer) for violation in found]


INT, NUM, BOOL, TEXT = ({"type": name} for name in ("integer", "number", "boolean", "string"))
OR_NULL = {"anyOf": [INT, {"type": "null"}]}


@pytest.mark.parametrize(
    ("schema", "value", "kinds"),
    [
        (INT, 3, []),
        (NUM, 3, []),
        (INT, 3.0, [("float_for_integer", "/a")]),
        (NUM, 3.0, []),
        ({"type": ["integer", "number"]}, 3.0, []),
        (INT, 3.5, [("type", "/a")]),
        (INT, True, [("type", "/a")]),
        (BOOL, 1, [("type", "/a")]),
        (INT, "5", [("numeric_string", "/a")]),
        (INT, "-5", [("numeric_string", "/a")]),
        (NUM, "1.50", [("numeric_string", "/a")]),
        (INT, "1.5", [("type", "/a")]),
        (INT, "05", [("type", "/a")]),
        (INT, "五", [("type", "/a")]),
        (INT, "５", [("type", "/a")]),
        (INT, "1e3", [("type", "/a")]),
        (INT, "", [("type", "/a")]),
        (BOOL, "true", [("numeric_string", "/a")]),
        (BOOL, "是", [("type", "/a")]),
        (INT, None, [("type", "/a")]),
        (OR_NULL, None, []),
        (OR_NULL, "5", [("numeric_string", "/a")]),
        (OR_NULL, "x", [("type", "/a")]),
        ({"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "null"}]}, "y", [("enum", "/a")]),
        ({"oneOf": [INT, NUM]}, 3, [("other", "/a")]),
        ({"oneOf": [{"type": "string", "maxLength": 1}, {"type": "string", "pattern": "^z"}]}, "yy", [("other", "/a")]),
        ({"type": "integer", "enum": [1, 2]}, "1", [("numeric_string", "/a")]),
        ({"type": "string", "enum": ["x"]}, 1, [("type", "/a")]),
        ({"enum": ["Italian"]}, "意大利", [("enum", "/a")]),
        ({"const": 1}, 2, [("other", "/a")]),
        ({"not": TEXT}, "x", [("other", "/a")]),
        ({"type": "string", "format": "date"}, "2022年5月15日", [("format", "/a")]),
        ({"type": "string", "format": "time"}, "10:00", []),
        ({"type": "string", "format": "hostname"}, "不 是", []),
        ({"type": "string", "format": "邮编"}, "x", []),
        ({"type": "integer", "maximum": 5}, 6, [("range", "/a")]),
        ({"type": "array", "items": INT, "maxItems": 1}, [1, "x"], [("type", "/a/1"), ("length", "/a")]),
        ({"type": "array", "items": INT}, [1.0], [("float_for_integer", "/a/0")]),
        ({"type": "object"}, {"深": 1}, []),
        ({"type": "object", "properties": {}}, {"深": 1}, []),
        ({"type": "object", "properties": {"x": INT}}, {"y/z": 1}, [("unknown_arg", "/a/y~1z")]),
        ({"type": "object", "properties": {"x": INT}, "patternProperties": {"^y": INT}}, {"y": 1}, []),
        ({"allOf": [{"properties": {"x": INT}}, {"properties": {"y": INT}}]}, {"x": 1, "y": 2, "z": 3}, [
            ("unknown_arg", "/a/z"),
        ]),
        ({"type": "object", "properties": {"x": INT, "y": INT}, "required": ["x"]}, {"y": 1}, [
            ("nested_required", "/a"),
        ]),
        ({"type": "object", "properties": {"x": INT, "y": INT}, "required": ["x", "y"]}, {"y": 1}, [
            ("nested_requires_all", "/a"),
        ]),
        ({"type": "object", "properties": {"x": INT, "y": INT}, "required": ["x", "y"]}, {}, [
            ("nested_required", "/a"), ("nested_required", "/a"),
        ]),
    ],
)  # fmt: skip
def test_kinds(schema: dict[str, Any], value: Any, kinds: list[tuple[str, str]]) -> None:
    assert sorted(one(schema, value)) == sorted(kinds)


def test_an_undeclared_argument_is_found_though_the_schema_does_not_forbid_it() -> None:
    schema = {"type": "object", "properties": {"a": INT}}
    found = violations(schema, {"a": 1, "b": 2})
    assert [(each.kind, each.pointer, each.allowed) for each in found] == [("unknown_arg", "/b", False)]
    found = violations({**schema, "additionalProperties": False}, {"a": 1, "b": 2})
    assert [(each.kind, each.pointer, each.allowed) for each in found] == [("unknown_arg", "/b", False)]
    found = violations({**schema, "additionalProperties": True}, {"a": 1, "b": 2})
    assert [(each.kind, each.pointer, each.allowed) for each in found] == [("unknown_arg", "/b", True)]
    assert violations({"type": "object", "additionalProperties": TEXT}, {"任意": "x"}) == ()


def test_a_missing_argument_is_found_after_repairs() -> None:
    found = violations({"type": "dict", "properties": {"a": {"type": "str"}}}, {}, ["a"])
    assert [(each.kind, each.pointer, each.expected) for each in found] == [("required", "", "a")]


def test_a_call_is_not_blamed_for_a_fault_of_the_tool() -> None:
    unknown = {"type": "object", "properties": {"a": INT}, "required": ["b"]}
    assert violations(unknown, {"a": 1}) == ()
    assert violations(unknown, {"a": 1, "b": 2}) == ()
    assert one({"type": "integer", "enum": ["1", "2"]}, "1") == []
    dated = {"type": "object", "properties": {"a": {"type": "datetime"}, "b": INT}}
    assert violations(dated, {"a": 1, "b": 2}) == ()
    assert [each.pointer for each in violations(dated, {"a": 1, "b": "x"})] == ["/b"]
    assert one({"type": "string", "enum": []}, "x") == []
    assert one({"type": "integer", "minimum": 5, "maximum": 1}, 3) == []


def test_what_a_string_spells() -> None:
    assert meant("5", ["integer"]) == 5
    assert meant("1.5", ["number"]) == 1.5
    assert meant("True", ["boolean"]) is True
    assert meant("false", ["boolean"]) is False
    assert meant("5", ["string"]) is None
    assert meant("9" * 400, ["integer"]) is None
    assert meant(5, ["integer"]) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"required": [5]}}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}},
        {"type": "object", "properties": {"a": {"pattern": "("}}},
        {"type": "object", "properties": {"a": "文本"}},
        "无",
        7,
    ],
)
def test_a_schema_that_cannot_be_used_says_why_and_finds_nothing(schema: Any) -> None:
    found = compiled(schema)
    assert found.fault is not None
    assert found.fault.detail
    assert found.violations({"b": 1}) == ()


def test_names_of_older_drafts_are_judged_as_the_new_one() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "definitions": {"n": INT},
        "properties": {"a": {"$ref": "#/definitions/n"}, "b": {"type": "array", "items": [INT, TEXT]}},
    }
    found = violations(schema, {"a": "x", "b": [1, 2]})
    assert [(each.kind, each.pointer) for each in found] == [("type", "/a"), ("type", "/b/1")]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}},
    ],
)
def test_references_in_a_circle_end(schema: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"a": {}}
    for _ in range(30):
        arguments = {"a": arguments, "b": arguments}
        if len(str(arguments)) > 2000:
            break
    violations({"type": "object", **schema}, arguments)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?=a)(a|aa)+$", "(x+x+)+y", r"^(\w+\s?)*$"])
def test_no_pattern_can_hang(pattern: str) -> None:
    start = time.perf_counter()
    one({"type": "string", "pattern": pattern}, "a" * 5000 + "x" * 5000 + "!")
    assert time.perf_counter() - start < 5


@contextmanager
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that counts who asks it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            return

    found = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{found.server_port}/schema.json", asked
    finally:
        found.shutdown()
        thread.join()
        found.server_close()


def test_remote_references_are_never_fetched() -> None:
    with server() as (address, asked):
        found = compiled({"type": "object", "properties": {"a": {"$ref": address}}})
        assert found.violations({"a": 1}) == ()
    assert found.fault is not None
    assert "never fetched" in found.fault.detail
    assert asked == []


def test_values_that_cannot_be_judged_find_nothing() -> None:
    deep: Any = 1
    for _ in range(400):
        deep = {"a": deep}
    assert violations({"type": "object", "properties": {"a": {"type": "object"}}}, deep) == ()
    assert one(TEXT, "\ud800") == []


def test_the_memory_of_verdicts_is_bounded() -> None:
    found = compiled({"type": "object", "properties": {"n": INT}})
    for number in range(9000):
        found.violations({"n": number})
    assert len(found._verdicts) <= 4096
