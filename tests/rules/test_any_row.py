"""Whatever a row holds, checking and fixing it ends, and a fix keeps its promise."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import WEATHER, tool
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Origin
from toolcall_data.formats.alpaca import Alpaca
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import rules

ODD = st.sampled_from([None, 0, 1.5, True, "", " ", "x", [], {}, [1], {"a": None}, "\udfff"])
JSON = st.recursive(ODD, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner))
ARGUMENTS = st.sampled_from(
    [
        {"city": "北京"},
        {"city": "北京", "days": "3"},
        {"days": 3.0},
        {},
        None,
        [1],
        '{"city": "北京"}',
        {"unit": 5},
        "城市",
    ]
)
CALL = st.fixed_dictionaries({"name": st.sampled_from(["get_weather", "now", 5, ""]), "arguments": ARGUMENTS})
WRITTEN = (
    CALL.map(encode)
    | st.lists(CALL, max_size=3).map(encode)
    | CALL.map(lambda call: f"<think>想</think>{encode(call)}")
    | st.lists(CALL, max_size=3).map(lambda calls: "查" + "".join(f"<tool_call>{encode(c)}</tool_call>" for c in calls))
    | CALL.map(lambda call: encode({"name": call["name"], "parameters": call["arguments"]}))
    | CALL.map(lambda call: encode({"type": "function", "function": call}))
    | st.sampled_from(["", "null", "[]", "5", '["x"]', "{'name': 1}", '{"name": "now", "arguments": NaN}'])
)
TEXT = st.sampled_from(
    ["你好", "", "<think>想", "</think>好", '{"name": "now", "arguments": {}}', "<|im_end|>", '["晴"]']
)
ROLES = st.sampled_from(["human", "gpt", "function_call", "observation", "system", "Human", "user", "tool", None, 3])
TURN = st.one_of(
    st.fixed_dictionaries({"from": st.just("function_call"), "value": WRITTEN}),
    st.fixed_dictionaries({"from": ROLES, "value": TEXT | JSON}),
    JSON,
)
PARAMETERS = st.sampled_from(
    [
        None,
        {},
        "无",
        {"city": {"type": "str"}},
        {"type": "dict", "properties": {"city": {"type": "str, optional"}, "days": {"type": "int"}}, "required": ["x"]},
        {"type": "object", "properties": {"city": None, "required": ["city"]}},
        {"type": "object", "properties": {"city": {"type": "datetime", "required": True}}},
        WEATHER["parameters"],
    ]
)
TOOL = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["get_weather", "now", 1])}, optional={"parameters": PARAMETERS}),
    st.fixed_dictionaries({"type": st.just("function"), "function": st.sampled_from([WEATHER, tool("now"), {}])}),
    st.fixed_dictionaries({"name": st.just("now"), "parameters": PARAMETERS, "required": st.just(["city"])}),
    JSON,
)
TOOLS = st.lists(TOOL, max_size=3)
SHAREGPT = st.fixed_dictionaries(
    {"conversations": st.lists(TURN, max_size=6)},
    optional={"tools": TOOLS.map(encode) | TOOLS | JSON, "system": st.just("你是助手。") | JSON},
)
TOOL_CALL = st.fixed_dictionaries(
    {"type": st.just("function"), "function": CALL},
    optional={"id": st.sampled_from(["a", "b"])},
)
MESSAGE = st.one_of(
    st.fixed_dictionaries({"role": st.just("assistant"), "tool_calls": st.lists(TOOL_CALL | JSON, max_size=3)}),
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "tool", "system", "developer", "x"]), "content": TEXT | JSON},
        optional={"tool_call_id": st.sampled_from(["a", "z"]), "name": st.just("now")},
    ),
    JSON,
)
OPENAI = st.fixed_dictionaries({"messages": st.lists(MESSAGE, max_size=6)}, optional={"tools": TOOLS | JSON})
ALPACA = st.fixed_dictionaries({"instruction": TEXT | JSON, "output": TEXT | JSON}, optional={"history": JSON})

CHECKER = Checker()


def judge(chosen: Format, row: Any) -> None:
    conversation = chosen.read(row, Origin(path="any.json", row=0, format=chosen.name))
    found = CHECKER.check(conversation)
    for rule in rules():
        if not rule.only_if(conversation):
            assert not list(rule.check(conversation)), f"{rule.name} would speak behind its guard"
    promised = {finding.name for finding in found if finding.fix}
    for rule in rules():
        if rule.applicability is None:
            continue
        fixed = rule.fix(conversation)
        assert (fixed != conversation) == (rule.name in promised), rule.name
        if rule.name in promised:
            assert rule.fix(fixed) == fixed, rule.name
            assert not [finding for finding in rule.check(fixed) if finding.fix], rule.name
            CHECKER.check(chosen.read(chosen.write(fixed), fixed.origin))


@settings(max_examples=300, deadline=None)
@given(SHAREGPT)
def test_any_sharegpt_row(row: Any) -> None:
    judge(ShareGPT(), row)


@settings(max_examples=200, deadline=None)
@given(OPENAI)
def test_any_openai_row(row: Any) -> None:
    judge(OpenAI(), row)


@settings(max_examples=100, deadline=None)
@given(ALPACA)
def test_any_alpaca_row(row: Any) -> None:
    judge(Alpaca(), row)
