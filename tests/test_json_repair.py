"""JSON that is nearly JSON: what was meant comes back exactly, and guesses are never called sure."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.json_repair import LIKELY, REPAIRS, RepairKind, repaired

CALL = {"name": "get_weather", "arguments": {"city": "北京"}}
SURE: list[tuple[str, Any, set[RepairKind]]] = [
    ("{'name': 'get_weather', 'arguments': {'city': '北京'}}", CALL, {"single_quotes"}),
    ("{'say': 'he said \"hi\"', 'it': 'it\\'s'}", {"say": 'he said "hi"', "it": "it's"}, {"single_quotes"}),
    ("｛“name”：“get_weather”，“arguments”：｛“city”：“北京”｝｝", CALL, {"full_width"}),
    ('{"text": "他说：“好，明天见”"，"n": 1}', {"text": "他说：“好，明天见”", "n": 1}, {"full_width"}),
    ('{"a": [1, 2,], "b": {"c": "，",},}', {"a": [1, 2], "b": {"c": "，"}}, {"trailing_comma"}),
    ('{"a": True, "b": None, "c": [False]}', {"a": True, "b": None, "c": [False]}, {"python_word"}),
    ('{name: "get_weather", arguments: {city: "北京"}}', CALL, {"bare_key"}),
    ('{城市: "北京"}', {"城市": "北京"}, {"bare_key"}),
    ('{"a": 1, // 一\n "u": "http://x.cn//y#z" /* 二 */}', {"a": 1, "u": "http://x.cn//y#z"}, {"comment"}),
    ('{"a": 1} # 完', {"a": 1}, {"comment"}),
    ('{"a": "上\n下\t"}', {"a": "上\n下\t"}, {"line_break"}),
    ('```json\n{"name": "get_weather", "arguments": {"city": "北京"}}\n```', CALL, {"fence"}),
    ("```\n{'a': '```'}\n```", {"a": "```"}, {"fence", "single_quotes"}),
    ('{"a": .5, "b": +3, "c": -1.5e3}', {"a": 0.5, "b": 3, "c": -1500.0}, {"number"}),
    ("{'a': '\\x41\\u4e2d'}", {"a": "A中"}, {"single_quotes"}),
]
GUESSED: list[tuple[str, Any, set[RepairKind]]] = [
    ('好的，我来查。{"a": 1,}', {"a": 1}, {"prose", "trailing_comma"}),
    ('{"a": 1} 就是这样', {"a": 1}, {"prose"}),
    ('{"text": "他说"你好"。"}', {"text": '他说"你好"。'}, {"inner_quote"}),
    ("{'text': 'it's fine'}", {"text": "it's fine"}, {"inner_quote", "single_quotes"}),
    ('{"a": 1}}', {"a": 1}, {"extra_bracket"}),
    ('{"pattern": "\\d+"}', {"pattern": "\\d+"}, {"escape"}),
    ('{"name": "get_weather", "arguments": {"city": "北', {**CALL, "arguments": {"city": "北"}}, {"truncated"}),
    ('{"a": [1, {"b": "x"', {"a": [1, {"b": "x"}]}, {"truncated"}),
    ('{"a": 1, "b": tr', {"a": 1}, {"truncated"}),
    ('{"a": 1, "b"', {"a": 1}, {"truncated"}),
]


@pytest.mark.parametrize(("text", "meant", "kinds"), SURE)
def test_sure_repairs_give_exactly_what_was_meant(text: str, meant: Any, kinds: set[RepairKind]) -> None:
    found = repaired(text)
    assert found is not None
    assert (found.values, set(found.repairs), found.is_sure) == ((meant,), kinds, True)


@pytest.mark.parametrize(("text", "meant", "kinds"), GUESSED)
def test_guesses_are_likely_and_not_sure(text: str, meant: Any, kinds: set[RepairKind]) -> None:
    found = repaired(text)
    assert found is not None
    assert (found.values, set(found.repairs), found.is_sure) == ((meant,), kinds, False)


def test_several_objects_on_lines_of_their_own() -> None:
    found = repaired('{"name": "a"}\n{"name": "b"},\n{\'name\': "c"}')
    assert found is not None
    assert [value["name"] for value in found.values] == ["a", "b", "c"]
    assert found.is_sure


def test_text_around_the_json_is_kept() -> None:
    found = repaired("先查一下。\n```json\n{'a': 1}\n```\n稍等。")
    assert found is not None
    assert (found.values, found.around) == (({"a": 1},), "先查一下。\n稍等。")


@pytest.mark.parametrize(
    "text",
    ["", "你好", "{你好}", '{"a":1 "b":2}', "{'a': 1, 'a': 2}", '{"a": 007}', '{"a": b}', '{"a": "\\ud800"}', "[NaN]"],
)
def test_what_cannot_be_told_is_left_alone(text: str) -> None:
    assert repaired(text) is None


TEXT = st.text(alphabet=st.sampled_from("ab 北京，：“”'\"\\{}[]:,#/\n`（）\u3000x1"), max_size=12)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
OBJECT = st.dictionaries(TEXT, VALUE, min_size=1, max_size=4)


@given(st.text(alphabet=st.characters() | st.sampled_from("{}[]'\"“”，：:,\\`#/ \n｛｝tfn10"), max_size=60))
def test_any_text_gives_a_result(text: str) -> None:
    found = repaired(text)
    if found is not None:
        assert found.values
        assert all(isinstance(value, dict | list) for value in found.values)
        assert set(found.repairs) <= set(REPAIRS)
        json.dumps(found.values)


@given(OBJECT)
def test_json_itself_is_read_as_json(value: dict[str, Any]) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2)):
        found = repaired(text)
        assert found is not None
        if found.is_sure:
            assert found.values == (value,)


WORD = st.text(alphabet=st.sampled_from("ab北京1，：“”（） "), max_size=8)
NAME = st.text(alphabet=st.sampled_from("abc北京_"), min_size=1, max_size=5)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
)
CALLS = st.fixed_dictionaries({"name": NAME, "arguments": st.dictionaries(NAME, PLAIN, max_size=4)})


@given(CALLS)
def test_a_python_literal_means_its_value(value: dict[str, Any]) -> None:
    found = repaired(repr(value))
    assert found is not None
    assert (found.values, found.is_sure) == ((value,), True)


@given(CALLS)
def test_full_width_punctuation_outside_strings(value: dict[str, Any]) -> None:
    signs = str.maketrans("{}[],:", "｛｝［］，：")
    parts = re.split(r'("(?:[^"\\]|\\.)*")', json.dumps(value, ensure_ascii=False))
    text = "".join(part if part.startswith('"') else part.translate(signs) for part in parts)
    found = repaired(text)
    assert found is not None
    assert (found.values, found.is_sure) == ((value,), True)


@given(CALLS, st.data())
def test_what_is_cut_off_is_never_sure(value: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=False)
    found = repaired(text[: data.draw(st.integers(1, len(text) - 1))])
    assert found is not None
    assert "truncated" in found.repairs
    assert not LIKELY.isdisjoint(found.repairs)


@pytest.mark.parametrize(
    "unit",
    ['{"a":', "[", "{'a': '", '"', "{“", "/*", "/* */", "{'a':1}\n", "\\", "{'x' ", "[1,", "```{", "'a ", "{a.", "“”"],
)
def test_hostile_texts_take_linear_time(unit: str) -> None:
    before = time.process_time()
    repaired("{" + unit * (400_000 // len(unit)))
    assert time.process_time() - before < 3
