"""What rules say about rows that lie close to the line."""

from __future__ import annotations

from typing import Any, cast

import pytest

from toolcall_data.conversation.build import (
    WEATHER,
    call,
    call_text,
    calls,
    chat,
    gpt,
    human,
    observation,
    row,
    system,
    tool,
    turn,
)
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.errors import UsageError
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import chosen, rule_named, rules
from toolcall_data.rules.base import Finding, Severity


def read(example: Any, shape: Format | None = None) -> Conversation:
    shape = shape or ShareGPT()
    return shape.read(example, Origin(path="a.json", row=7, line=8, format=shape.name))


def check(example: Any, shape: Format | None = None) -> list[Finding]:
    return Checker(chosen()).check(read(example, shape))


def names(example: Any, shape: Format | None = None) -> list[str]:
    return [finding.name for finding in check(example, shape)]


def asked(*turns: Any, **more: Any) -> dict[str, Any]:
    return row(human("北京和上海天气？"), *turns, **more)


WEATHER_CALL = call("get_weather", city="北京")
TOOLS_AFTER = (observation({"text": "晴"}), gpt("晴。"))


@pytest.mark.parametrize(
    ("example", "found"),
    [
        (chat(human("你好"), gpt("你好！")), []),
        (asked(WEATHER_CALL), []),
        (asked(gpt("晴。")), []),
        (chat(human("一"), human("二"), human("三"), gpt("四")), ["conv.alternation"]),
        (chat(human("一"), gpt("二"), gpt("三"), human("四")), ["conv.alternation", "conv.odd_count"]),
        (chat(system("是"), human("一"), gpt("二")), []),
        (chat(human("一"), system("是"), gpt("二")), ["conv.system_not_first"]),
        (asked(WEATHER_CALL, WEATHER_CALL, *TOOLS_AFTER), ["conv.consecutive_calls"]),
        (asked(WEATHER_CALL, gpt("晴。")), ["conv.call_without_obs"]),
        (asked(WEATHER_CALL, observation("晴"), observation("雨"), gpt("晴。")), ["conv.consecutive_obs"]),
        (asked(gpt("查 <天气>"), *TOOLS_AFTER), ["conv.obs_without_call"]),
        (asked(*TOOLS_AFTER), ["conv.obs_without_call"]),
        (row(*TOOLS_AFTER), ["conv.starts_not_user"]),
        (chat(turn("narrator", "一"), human("二"), human("三"), gpt("四")), ["conv.unknown_role"]),
        (chat(human("你好"), gpt(None)), ["row.value_not_string"]),
        (chat(human("你好"), cast("Any", "你好！")), ["row.value_not_string"]),
        ({"conversations": [], "tools": "", "system": 5}, ["row.value_not_string"]),
        ({"conversations": "你好"}, ["row.value_not_string"]),
    ],
)
def test_structure(example: Any, found: list[str]) -> None:
    assert names(example) == found


def test_several_results_are_the_norm_in_openai_messages() -> None:
    both = asked(calls(WEATHER_CALL, call("get_weather", city="上海")), observation(["晴", "雨"]), gpt("好。"))
    written = OpenAI().write(read(both))
    step = next(index for index, message in enumerate(written["messages"]) if "tool_calls" in message)
    first, second = (call["id"] for call in written["messages"][step]["tool_calls"])
    result = written["messages"].pop(step + 1)
    written["messages"][step + 1 : step + 1] = [{**result, "tool_call_id": each} for each in (second, first)]
    assert names(written, OpenAI()) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "张三", "age": 30}',
        '[{"name": "张三"}, {"name": "李四"}]',
        '{"name": "配置", "parameters": {"lr": 0.1}}',
        '```json\n{"name": "f", "arguments": {}}\n```',
        "```xml\n<tool_call>\n{}\n</tool_call>\n```",
        "标签是 `<tool_call>{...}</tool_call>`。",
        "使用 <tool_call> 标签",
        "Action: 跑步\n然后休息",
        "<s>删除线</s> [INST] </s>",
        'print({"name": "f", "arguments": {}})',
        "a <| b |> c",
        "5",
        "null",
    ],
)
def test_answers_with_code_or_json_are_left_alone(text: str) -> None:
    assert names(asked(gpt(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "anything", "arguments": {"a": 1}}',
        '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]',
        '{"name": "get_weather", "parameters": {"city": "北京"}}',
        '```json\n{"name": "get_weather", "arguments": {}}\n```',
        '好的。\n<tool_call>\n{"name": "get_weather"}\n</tool_call>',
        "<function=get_weather><parameter=city>北京</parameter></function>",
        '[TOOL_CALLS] [{"name": "get_weather"}]',
    ],
)
def test_answers_that_are_calls_are_named(text: str) -> None:
    assert names(asked(gpt(text))) == ["conv.call_in_text"]


def test_a_number_in_a_string_is_a_finding_of_its_own() -> None:
    [found] = check(asked(call("get_weather", city="北京", days="3"), *TOOLS_AFTER))
    assert (found.name, found.severity, found.fix) == ("call.numeric_string", Severity.ERROR, "safe")
    assert found.message == '`days` must be integer, is the string "3"'


def test_the_fix_of_a_number_in_a_string_reaches_inside() -> None:
    deep = tool("f", items={"type": "array", "items": {"type": "object", "properties": {"n": {"type": "number"}}}})
    conversation = read(asked(call("f", items=[{"n": "1.5"}, {"n": 2}, {"n": "x"}]), tools=[deep]))
    fixed = rule_named("call.numeric_string").fix(conversation)
    assert fixed.calls[0].arguments == {"items": [{"n": 1.5}, {"n": 2}, {"n": "x"}]}
    assert ShareGPT().write(fixed)["conversations"][1]["value"] == encode(
        {"name": "f", "arguments": {"items": [{"n": 1.5}, {"n": 2}, {"n": "x"}]}}
    )


def test_an_undeclared_argument_is_milder_where_more_is_allowed() -> None:
    free = tool("f", a={"type": "string", "description": "甲"})
    [found] = check(asked(call("f", a="x", b="y"), tools=[free]))
    assert (found.name, found.severity) == ("call.unknown_arg", Severity.ERROR)
    free["parameters"]["additionalProperties"] = True
    [found] = check(asked(call("f", a="x", b="y"), tools=[free]))
    assert (found.name, found.severity) == ("call.unknown_arg", Severity.WARNING)


@pytest.mark.parametrize(
    ("arguments", "name", "hint"),
    [
        ({"city": "北京", "unit": "Celsius"}, "call.enum", 'allowed: "celsius", "fahrenheit"; did you mean `celsius`?'),
        ({"city": "北京", "dayz": 3}, "call.unknown_arg", "did you mean `days`?"),
        ({"city": "北京", "date": "5月1日"}, "call.format", "such as 2024-05-01"),
    ],
)
def test_hints(arguments: dict[str, Any], name: str, hint: str) -> None:
    [found] = check(asked(call("get_weather", **arguments), *TOOLS_AFTER))
    assert (found.name, found.hint) == (name, hint)


def test_an_unknown_tool_is_shown_with_the_nearest_name() -> None:
    [found] = check(asked(call("get_wether", city="北京"), *TOOLS_AFTER))
    assert (found.name, found.hint) == ("call.unknown_tool", "did you mean `get_weather`?")
    assert found.span is not None
    assert found.excerpt[slice(*found.span)] == '"name": "get_wether"'


def test_the_name_of_a_call_in_openai_messages_is_pointed_at() -> None:
    written = OpenAI().write(read(asked(call("get_wether", city="北京"), *TOOLS_AFTER)))
    [found] = check(written, OpenAI())
    step = next(index for index, message in enumerate(written["messages"]) if "tool_calls" in message)
    assert (found.pointer, found.sub) == (f"/messages/{step}/tool_calls/0/function/name", "")


def test_a_finding_carries_its_place() -> None:
    example = {**asked(call("get_weather", city=5), *TOOLS_AFTER), "id": "w-1"}
    [found] = check(example)
    assert (found.file, found.row, found.line, found.id) == ("a.json", 7, 8, "w-1")
    assert (found.pointer, found.sub) == ("/conversations/1/value", "/arguments/city")
    assert found.excerpt[slice(*(found.span or (0, 0)))] == '"city": 5'


def test_calls_are_not_judged_where_the_name_means_two_tools() -> None:
    both = [WEATHER, tool("get_weather", place={"type": "string", "description": "地点"})]
    assert names(asked(call("get_weather", nowhere=1), *TOOLS_AFTER, tools=both)) == ["tool.name_duplicate"]


def test_a_wrapped_tool_is_judged_at_its_own_place() -> None:
    bad = {"type": "function", "function": tool("f", a={"type": "str", "description": "甲"})}
    [found] = check(asked(gpt("好。"), tools=[bad]))
    assert (found.name, found.sub) == ("tool.type_alias", "/0/function/parameters/properties/a/type")
    fixed = rule_named("tool.type_alias").fix(read(asked(gpt("好。"), tools=[bad])))
    assert fixed.tools[0].raw["type"] == "function"
    assert fixed.tools[0].parameters["properties"]["a"] == {"type": "string", "description": "甲"}


def test_tools_without_names_leave_unknown_tools_open() -> None:
    nameless = {"description": "查询天气", "parameters": {"type": "object", "properties": {}}}
    assert names(asked(WEATHER_CALL, *TOOLS_AFTER, tools=[nameless])) == ["tool.name_missing"]


def test_tools_that_could_not_be_read_are_not_reported_as_missing() -> None:
    assert names(asked(WEATHER_CALL, *TOOLS_AFTER, tools="[{'name': 1}]")) == ["tool.not_json"]


def test_a_fix_forgets_what_was_computed_from_the_old_messages() -> None:
    conversation = read(asked(WEATHER_CALL, call("get_weather", city="上海"), observation(["晴", "雨"]), gpt("好。")))
    assert len(conversation.calls) == 2
    fixed = rule_named("conv.consecutive_calls").fix(conversation)
    assert [message.role for message in fixed.messages] == ["user", "assistant", "tool", "assistant"]
    assert Checker(chosen()).check(fixed) == []
    trimmed = rule_named("call.duplicate_in_turn").fix(read(asked(calls(WEATHER_CALL, WEATHER_CALL))))
    assert len(trimmed.calls) == 1


def test_thinking_is_rewritten_in_the_one_form() -> None:
    crooked = call_text('<think>先查。</think>{"name": "get_weather", "arguments": {"city": "北京"}}')
    fixed = rule_named("conv.think_format").fix(read(asked(crooked, *TOOLS_AFTER)))
    assert ShareGPT().write(fixed)["conversations"][1]["value"] == (
        '<think>\n先查。\n</think>\n\n{"name": "get_weather", "arguments": {"city": "北京"}}'
    )


@pytest.mark.parametrize(
    ("written", "known"),
    [("TC414", "call.enum"), ("tc414", "call.enum"), ("call.enum", "call.enum")],
)
def test_rules_are_known_by_code_and_name(written: str, known: str) -> None:
    assert rule_named(written).name == known


def test_rules_are_chosen_by_prefix_and_glob() -> None:
    about_results = {rule for rule in rules() if rule.name.startswith("obs.") and rule.severity > Severity.INFO}
    assert {"obs.count", "obs.order_or_id"} <= {rule.name for rule in about_results}
    assert set(chosen(["obs"])) == set(chosen(["TC5"])) == set(chosen(["obs.*"])) == about_results
    assert set(chosen(["obs.*"], ["TC501"])) == about_results - {rule_named("obs.count")}
    assert chosen() == tuple(rule for rule in rules() if rule.severity > Severity.INFO)
    with pytest.raises(UsageError, match=r"call\.enun"):
        chosen(["call.enun"])


def test_codes_and_names_never_repeat() -> None:
    assert len({rule.code for rule in rules()}) == len({rule.name for rule in rules()}) == len(rules())
