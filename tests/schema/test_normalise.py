"""What datasets write for JSON Schema, read for what it means."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.schema.as_written import cures, is_schema
from toolcall_data.schema.normalise import KINDS, normalise
from toolcall_data.schema.type_names import ALIASES, TYPES, read_type

READ = {
    "str": {"type": "string"},
    "String": {"type": "string"},
    "STRING": {"type": "string"},
    "int": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "bool": {"type": "boolean"},
    "dict": {"type": "object"},
    "HashMap": {"type": "object"},
    "list": {"type": "array"},
    "tuple": {"type": "array"},
    "ArrayList": {"type": "array"},
    "None": {"type": "null"},
    "any": {},
    "Any": {},
    "List[int]": {"type": "array", "items": {"type": "integer"}},
    "list[str]": {"type": "array", "items": {"type": "string"}},
    "typing.List[float]": {"type": "array", "items": {"type": "number"}},
    "List[List[str]]": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
    "List[Any]": {"type": "array"},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "ArrayList<Integer>": {"type": "array", "items": {"type": "integer"}},
    "Tuple[float, float]": {"type": "array"},
    "Dict[str, int]": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Dict[str, Any]": {"type": "object"},
    "Optional[int]": {"type": ["integer", "null"]},
    "int | None": {"type": ["integer", "null"]},
    "Union[int, str]": {"type": ["integer", "string"]},
    "Optional[Union[int, str]]": {"type": ["integer", "string", "null"]},
    "Union[str, List[str]]": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "Literal['a', 'b']": {"type": "string", "enum": ["a", "b"]},
    "Integer": {"type": "integer"},
    "Boolean": {"type": "boolean"},
    "Bigint": {"type": "integer"},
    "char": {"type": "string"},
    "Double": {"type": "number"},
    "Number": {"type": "number"},
    "Array": {"type": "array"},
    "Object": {"type": "object"},
    "Array<string>": {"type": "array", "items": {"type": "string"}},
    "Record<string, number>": {"type": "object", "additionalProperties": {"type": "number"}},
    "HashMap<String, Integer>": {"type": "object", "additionalProperties": {"type": "integer"}},
    "number[]": {"type": "array", "items": {"type": "number"}},
    "Optional[str]": {"type": ["string", "null"]},
    "Optional[List[str]]": {
        "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}],
    },
    "string | number": {"type": ["string", "number"]},
    "int or str": {"type": ["integer", "string"]},
    "NoneType": {"type": "null"},
    "Null": {"type": "null"},
    "nil": {"type": "null"},
    "undefined": {"type": "null"},
}


@pytest.mark.parametrize("written", READ)
def test_types_of_other_languages(written: str) -> None:
    read = read_type(written)
    assert read is not None
    assert read.keywords == READ[written]
    assert read.optional is None


@pytest.mark.parametrize(
    ("written", "optional"),
    [("str, optional", True), ("str,optional", True), ("str (optional)", True), ("str, required", False)],
)
def test_types_that_say_whether_they_are_required(written: str, optional: bool) -> None:
    read = read_type(written)
    assert read is not None
    assert (read.keywords, read.optional) == ({"type": "string"}, optional)


@pytest.mark.parametrize("written", ["datetime", "", "Foo[int]", "城市", "List[Foo", "[", "|", "int | Foo", "list[]["])
def test_types_that_nobody_knows(written: str) -> None:
    assert read_type(written) is None


def test_names_of_json_schema_are_no_aliases() -> None:
    assert [read_type(name) for name in sorted(TYPES)] == [None] * 7
    assert set(ALIASES.values()) == TYPES


@pytest.mark.parametrize(
    ("written", "keywords"),
    [
        ("int, optional", {"type": "integer"}),
        ("List[int], optional", {"type": "array", "items": {"type": "integer"}}),
        ("Dict[str, Any], optional", {"type": "object"}),
        ("Union[int, str], optional", {"type": ["integer", "string"]}),
    ],
)
def test_other_spellings_may_be_optional(written: str, keywords: dict[str, Any]) -> None:
    read = read_type(written)
    assert read is not None
    assert (read.keywords, read.optional) == (keywords, True)


def test_prose_of_any_length_is_no_type_and_takes_no_time() -> None:
    start = time.perf_counter()
    for text in (" " * 1_000_000, "[" * 1_000_000, "List[" * 200_000, "int | " * 200_000):
        assert read_type(text) is None
    assert time.perf_counter() - start < 0.5


def test_a_proper_schema_is_left_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "required": {"type": "boolean"},
            "items": {"type": "array", "items": {"type": ["string", "null"]}},
        },
        "required": ["type"],
    }
    found = normalise(schema)
    assert found.schema is schema
    assert found.repairs == ()


TEXT = {"type": "string"}
CASES: list[tuple[str, Any, Any, list[tuple[str, str]]]] = [
    ("flat", {"city": {"type": "string", "description": "城市"}}, {
        "type": "object", "properties": {"city": {"type": "string", "description": "城市"}},
    }, [("flat", "")]),
    ("flat with a type and names", {"type": "object", "city": TEXT, "required": ["city"]}, {
        "type": "object", "properties": {"city": TEXT}, "required": ["city"],
    }, [("flat", "")]),
    ("a flat map with an argument named type", {"type": {"type": "str"}, "q": TEXT}, {
        "type": "object", "properties": {"type": TEXT, "q": TEXT},
    }, [("flat", ""), ("alias", "/type/type")]),
    ("flat and optional", {"a": {"type": "int, optional"}, "b": {"type": "str", "required": True}}, {
        "type": "object", "properties": {"a": {"type": "integer"}, "b": TEXT}, "required": ["b"],
    }, [("flat", ""), ("alias", "/a/type"), ("required_flag", "/b/required"), ("alias", "/b/type")]),
    ("the root is a dict", {"type": "dict", "properties": {"a": TEXT}}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("root_type", "/type")]),
    ("nothing at all", {}, {"type": "object", "properties": {}}, [("root_type", "")]),
    ("optional leaves required", {
        "type": "object", "properties": {"a": {"type": "str, optional"}}, "required": ["a"],
    }, {
        "type": "object", "properties": {"a": TEXT}, "required": [],
    }, [("alias", "/properties/a/type")]),
    ("required among the properties", {"type": "object", "properties": {"a": TEXT, "required": ["a"]}}, {
        "type": "object", "properties": {"a": TEXT}, "required": ["a"],
    }, [("required_place", "/properties/required")]),
    ("required is a name", {"type": "object", "properties": {"a": TEXT}, "required": "a"}, {
        "type": "object", "properties": {"a": TEXT}, "required": ["a"],
    }, [("required_list", "/required")]),
    ("required is a string of names", {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": "a, b"}, {
        "type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"],
    }, [("required_list", "/required")]),
    ("required is a boolean", {"type": "object", "properties": {"a": TEXT}, "required": True}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("required_list", "/required")]),
    ("required is null", {"type": "object", "properties": {"a": TEXT}, "required": None}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("required_null", "/required")]),
    ("required has no such property", {"type": "object", "properties": {"a": TEXT}, "required": ["b"]}, {
        "type": "object", "properties": {"a": TEXT, "b": {}}, "required": [],
    }, [("required_unknown", "/required")]),
    ("a list of types", {"type": "object", "properties": {"a": {"type": ["str", "null"]}}}, {
        "type": "object", "properties": {"a": {"type": ["string", "null"]}},
    }, [("alias", "/properties/a/type/0")]),
    ("draft 4 and 7", {"type": "object", "properties": {
        "a": {"type": "number", "minimum": 0, "exclusiveMinimum": True}, "b": {"type": "array", "items": [TEXT]},
    }}, {"type": "object", "properties": {
        "a": {"type": "number", "exclusiveMinimum": 0}, "b": {"type": "array", "prefixItems": [TEXT]},
    }}, [("draft", "/properties/a/exclusiveMinimum"), ("draft", "/properties/b/items")]),
    ("nullable of OpenAPI", {
        "type": "object", "properties": {"a": {"type": "string", "enum": ["x"], "nullable": True}},
    }, {
        "type": "object", "properties": {"a": {"type": ["string", "null"], "enum": ["x", None], "nullable": True}},
    }, [("nullable", "/properties/a/nullable")]),
    ("nulls of merged tables", {"type": "object", "properties": {"a": {"type": "string", "enum": None}, "b": None}}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("null", "/properties/b"), ("null", "/properties/a/enum")]),
    ("an enum of another type", {"type": "object", "properties": {"a": {"type": "integer", "enum": ["1", "2"]}}}, {
        "type": "object", "properties": {"a": {"type": "string", "enum": ["1", "2"]}},
    }, [("enum_type", "/properties/a/enum")]),
    ("an enum of several other types", {
        "type": "object", "properties": {"a": {"type": "object", "enum": [1, "x", 2.5]}},
    }, {
        "type": "object", "properties": {"a": {"type": ["string", "number"], "enum": [1, "x", 2.5]}},
    }, [("enum_type", "/properties/a/enum")]),
    ("an enum of the whole", {"type": "object", "properties": {"a": TEXT}, "enum": ["x"]}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("enum_type", "/enum")]),
    ("an enum without values", {"type": "object", "properties": {"a": {"type": "string", "enum": []}}}, {
        "type": "object", "properties": {"a": TEXT},
    }, [("enum_empty", "/properties/a/enum")]),
    ("limits that exclude each other", {"type": "object", "properties": {
        "a": {"type": "integer", "minimum": 5, "maximum": 1}, "b": {"type": "integer", "minimum": 1, "maximum": 1},
    }}, {"type": "object", "properties": {
        "a": {"type": "integer"}, "b": {"type": "integer", "minimum": 1, "maximum": 1},
    }}, [("limits", "/properties/a/minimum")]),
    ("types that nobody knows", {"type": "object", "properties": {"a": {"type": "datetime"}, "b": {"type": 5}}}, {
        "type": "object", "properties": {"a": {}, "b": {}},
    }, [("type_unknown", "/properties/a/type"), ("type_unknown", "/properties/b/type")]),
    ("a list of types with unknown ones", {"type": "object", "properties": {
        "a": {"type": ["string", "datetime"]}, "b": {"type": ["datetime"]}, "c": {"type": ["date", "int", None]},
    }}, {"type": "object", "properties": {
        "a": {"type": ["string"]}, "b": {}, "c": {"type": "integer"},
    }}, [("type_unknown", "/properties/a/type/1"), ("type_unknown", "/properties/b/type/0"),
         ("type_unknown", "/properties/c/type/0"), ("type_unknown", "/properties/c/type/2"),
         ("alias", "/properties/c/type/1")]),
    ("a list of types with items", {"type": "object", "properties": {"a": {"type": ["List[int]", "null"]}}}, {
        "type": "object", "properties": {"a": {"anyOf": [
            {"type": "array", "items": {"type": "integer"}}, {"type": "null"},
        ]}},
    }, [("alias", "/properties/a/type/0")]),
    ("deep inside", {"type": "object", "properties": {"a": {"type": "list", "items": {"type": "dict", "properties": {
        "b/c": {"type": "int"},
    }}}}}, {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "object", "properties": {
        "b/c": {"type": "integer"},
    }}}}}, [
        ("alias", "/properties/a/type"), ("alias", "/properties/a/items/type"),
        ("alias", "/properties/a/items/properties/b~1c/type"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant", "repairs"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_repairs(written: Any, meant: Any, repairs: list[tuple[str, str]]) -> None:
    found = normalise(written)
    assert found.schema == meant
    assert [(repair.kind, repair.pointer) for repair in found.repairs] == repairs
    again = normalise(found.schema)
    assert again.schema == meant
    assert again.repairs == ()


def test_required_beside_the_parameters() -> None:
    found = normalise({"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["b"]}, ["a"])
    assert found.schema["required"] == ["b", "a"]
    assert [repair.kind for repair in found.repairs] == ["required_place"]


def test_only_the_repairs_that_are_wanted() -> None:
    written = {"city": {"type": "str"}, "days": {"type": "int", "required": True}}
    found = normalise(written, kinds={"alias"})
    assert found.schema == {"city": {"type": "string"}, "days": {"type": "integer", "required": True}}
    assert {repair.kind for repair in found.repairs} == {"alias"}


@pytest.mark.parametrize("parameters", [None, "无", 5, [], True])
def test_parameters_that_are_no_object_stay(parameters: Any) -> None:
    assert normalise(parameters).schema is parameters


def test_what_is_nested_too_deeply_stays() -> None:
    deep: dict[str, Any] = {"type": "str"}
    for _ in range(5000):
        deep = {"type": "dict", "properties": {"a": deep}}
    assert normalise(deep).schema is deep


@pytest.mark.parametrize(
    ("properties", "needed"),
    [
        ({"a": TEXT}, set()),
        ({"a": {"type": "str"}}, {"alias"}),
        ({"a": {"type": "datetime"}}, {"type_unknown"}),
        ({"a": {"type": "str"}, "b": {"type": "string", "required": True}}, {"alias", "required_flag"}),
        ({"a": {"type": "array", "items": [TEXT]}}, {"draft"}),
        ({"a": {"type": "string", "nullable": True}}, set()),
        ({"a": None}, {"null"}),
        ({"a": {"type": "string", "enum": []}}, set()),
        ({"a": "文本", "b": {"type": "str"}}, set()),
    ],
)
def test_the_repairs_that_make_a_schema_valid(properties: dict[str, Any], needed: set[str]) -> None:
    assert cures({"type": "object", "properties": properties}) == needed


def test_a_schema_as_written_is_judged_by_the_meta_schema() -> None:
    assert is_schema({"type": "object", "properties": {"a": TEXT}})
    assert is_schema({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"})
    assert not is_schema({"type": "dict"})
    assert not is_schema({"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": True})
    assert not is_schema("无")


KEYS = st.sampled_from(["type", "properties", "required", "items", "enum", "anyOf", "a", "minimum", "nullable", "$ref"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["str", "object", "array", "int, optional", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5), VALUES)
def test_any_json_is_read_and_reading_twice_changes_nothing(written: Any, beside: Any) -> None:
    before = repr(written)
    found = normalise(written, beside)
    assert repr(written) == before
    assert {repair.kind for repair in found.repairs} <= KINDS
    assert normalise(found.schema).schema == found.schema
