"""The chat formats: rows as their publishers write them, what comes of them, and how they are written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.model import JSON, Assistant, Call, Conversation, Malformed, Origin, Result, Tool, User
from toolcall_data.conversation.steps import results_in_call_order
from toolcall_data.formats.base import Trait, formats, recognise
from toolcall_data.formats.losses import erase
from toolcall_data.rules._checker import Checker

NAMES = ["anthropic", "llamafactory_v1", "ms_swift", "openai_functions", "openai_responses", "qwen_agent", "trl"]

DEFINITION = {"name": "查气温", "description": "查询气温", "parameters": {"type": "object", "properties": {}}}
SHANGHAI, BEIJING = {"city": "上海", "days": 2}, {"city": "北京", "note": "“引号”"}
FAILED = '{"错误": "没有这个城市"}'
THOUGHT, SAID, ANSWER = "两个城市要分别查询。", "我来查一下。", "上海 21 度，北京查不到。"


def text(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def called(arguments: JSON) -> str:
    return text({"name": "查气温", "arguments": arguments})


ROWS: dict[str, dict[str, Any]] = {
    "anthropic": {
        "system": [{"type": "text", "text": "你是助手。", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": "上海和北京多少度？"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": THOUGHT, "signature": "c2ln"},
                    {"type": "text", "text": SAID},
                    {"type": "tool_use", "id": "toolu_a", "name": "查气温", "input": SHANGHAI},
                    {"type": "tool_use", "id": "toolu_b", "name": "查气温", "input": BEIJING},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_a", "content": [{"type": "text", "text": "21"}]},
                    {"type": "tool_result", "tool_use_id": "toolu_b", "content": FAILED, "is_error": True},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        ],
        "tools": [{"name": "查气温", "description": "查询气温", "input_schema": DEFINITION["parameters"]}],
    },
    "llamafactory_v1": {
        "messages": [
            {"role": "system", "content": [{"type": "text", "value": "你是助手。"}], "loss_weight": 0.0},
            {"role": "user", "content": [{"type": "text", "value": "上海和北京多少度？"}], "loss_weight": 0.0},
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "value": THOUGHT},
                    {"type": "text", "value": SAID},
                    {"type": "tool_call", "value": called(SHANGHAI)},
                    {"type": "tool_call", "value": called(BEIJING)},
                ],
                "loss_weight": 1.0,
            },
            {"role": "tool", "content": [{"type": "text", "value": "21"}]},
            {"role": "tool", "content": [{"type": "text", "value": FAILED}]},
            {"role": "assistant", "content": [{"type": "text", "value": ANSWER}], "loss_weight": 0.0},
        ],
        "tools": text([DEFINITION]),
    },
    "ms_swift": {
        "tools": text([{"type": "function", "function": DEFINITION}]),
        "messages": [
            {"role": "system", "content": "你是助手。"},
            {"role": "user", "content": "上海和北京多少度？"},
            {"role": "assistant", "content": f"<think>\n{THOUGHT}\n</think>\n\n{SAID}"},
            {"role": "tool_call", "content": text({"name": "查气温", "arguments": text(SHANGHAI)})},
            {"role": "tool_call", "content": text({"name": "查气温", "parameters": BEIJING})},
            {"role": "tool_response", "content": "21"},
            {"role": "tool", "content": FAILED},
            {"role": "assistant", "content": ANSWER, "loss": False},
        ],
    },
    "openai_responses": {
        "instructions": "你是助手。",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "上海和北京多少度？"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": THOUGHT}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID}], "id": "msg_1"},
            {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "查气温", "arguments": text(SHANGHAI)},
            {"type": "function_call", "id": "fc_2", "call_id": "b", "name": "查气温", "arguments": text(BEIJING)},
            {"type": "function_call_output", "call_id": "a", "output": "21"},
            {"type": "function_call_output", "call_id": "b", "output": FAILED},
        ],
        "output": [
            {
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": ANSWER, "annotations": []}],
            }
        ],
        "tools": [{"type": "function", **DEFINITION, "strict": True}],
    },
    "qwen_agent": {
        "messages": [
            {"role": "system", "content": "你是助手。"},
            {"role": "user", "content": [{"text": "上海和北京"}, {"text": "多少度？"}]},
            {"role": "assistant", "content": "", "reasoning_content": THOUGHT},
            {"role": "assistant", "content": SAID},
            {"role": "assistant", "content": "", "function_call": {"name": "查气温", "arguments": text(SHANGHAI)}},
            {"role": "assistant", "content": "", "function_call": {"name": "查气温", "arguments": text(BEIJING)}},
            {"role": "function", "name": "查气温", "content": "21"},
            {"role": "function", "name": "查气温", "content": FAILED},
            {"role": "assistant", "content": ANSWER},
        ],
        "functions": [DEFINITION],
    },
    "trl": {
        "messages": [
            {"role": "system", "content": "你是助手。"},
            {"role": "user", "content": "上海和北京多少度？"},
            {
                "role": "assistant",
                "thinking": THOUGHT,
                "content": SAID,
                "tool_calls": [
                    {"type": "function", "function": {"name": "查气温", "arguments": SHANGHAI}},
                    {"type": "function", "function": {"name": "查气温", "arguments": BEIJING}},
                ],
            },
            {"role": "tool", "name": "查气温", "content": "21"},
            {"role": "tool", "name": "查气温", "content": FAILED},
            {"role": "assistant", "content": ANSWER},
        ],
        "tools": [{"type": "function", "function": DEFINITION}],
    },
}
"""The same conversation in every shape that can hold it: two calls in one step, with thinking and text beside them."""


def read(name: str, row: dict[str, Any]) -> Conversation:
    return formats()[name]().read(row, Origin())


def through_json(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(row))
    return found


def content(conversation: Conversation) -> Any:
    return json.loads(to_json(conversation, with_origin=False))


def bases(name: str) -> set[str]:
    base = formats()[name].extends
    return {base, *bases(base)} if base else set()


@pytest.mark.parametrize("name", NAMES)
def test_examples_show_their_own_format_and_no_other(name: str) -> None:
    others = formats().keys() - {name} - bases(name)
    assert len(others) > 5
    for row in (formats()[name].example, ROWS.get(name, formats()[name].example)):
        found = recognise([row])
        assert found is not None
        assert found.name == name
        assert {other: formats()[other].recognise(row) for other in others} == dict.fromkeys(others)


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_other_shapes_are_left_alone(name: str) -> None:
    plain = {"role": "user", "content": "你好"}
    rows: list[dict[str, Any]] = [
        {},
        {"messages": None, "input": 1, "prompt": "a", "completion": "b"},
        {"instruction": "译", "input": "你好", "output": "hi"},
        {"messages": [plain, {"role": "assistant", "content": "好"}]},
        *(formats()[other].example for other in ("openai", "sharegpt", "alpaca")),
    ]
    assert [formats()[name].recognise(row) for row in rows] == [None] * len(rows)


@pytest.mark.parametrize("name", ROWS)
def test_a_step_is_one_message_whatever_the_shape(name: str) -> None:
    conversation = read(name, ROWS[name])
    user, step, first, second, last = conversation.messages
    assert conversation.problems == ()
    assert conversation.system == "你是助手。"
    assert [tool.name for tool in conversation.tools] == ["查气温"]
    assert conversation.tools[0].parameters == DEFINITION["parameters"]
    assert isinstance(user, User)
    assert user.text == "上海和北京多少度？"
    assert isinstance(step, Assistant)
    assert (step.thinking, step.text) == (THOUGHT, SAID)
    assert [(call.name, call.arguments, call.error) for call in step.calls] == [
        ("查气温", SHANGHAI, None),
        ("查气温", BEIJING, None),
    ]
    assert isinstance(first, Result)
    assert isinstance(second, Result)
    assert (first.content, second.content) == ("21", FAILED)
    assert [result.call_id for result in (first, second)] == [call.id for call in step.calls]
    assert isinstance(last, Assistant)
    assert (last.text, last.thinking, last.calls) == (ANSWER, None, ())


@pytest.mark.parametrize("name", ROWS)
def test_what_was_read_comes_back(name: str) -> None:
    conversation = read(name, ROWS[name])
    written = through_json(formats()[name]().write(conversation))
    again = read(name, written)
    raw = {"calls": {"__all__": {"raw"}}}
    assert [message.model_dump(exclude=raw) for message in again.messages] == [
        message.model_dump(exclude=raw) for message in conversation.messages
    ]
    assert (again.system, again.extra) == (conversation.system, conversation.extra)
    assert [tool.raw for tool in again.tools] == [tool.raw for tool in conversation.tools]
    assert formats()[name]().write(again) == written


@pytest.mark.parametrize("name", NAMES)
def test_places_lie_in_the_row(name: str) -> None:
    for row in (formats()[name].example, ROWS.get(name, formats()[name].example)):
        conversation = read(name, row)
        assert follow(row, conversation.tools_at) is not None
        if conversation.system:
            assert conversation.system in str(follow(row, conversation.system_at))
        for message in conversation.messages:
            assert follow(row, message.at)
            follow(row, message.value_at)
        assert conversation.calls
        for call in conversation.calls:
            found = follow(row, call.at)
            if call.sub:
                assert isinstance(found, str)
                found = follow(json.loads(found), call.sub)
            assert (json.loads(found) if isinstance(found, str) else found) == call.arguments


RICH = Conversation(
    system="你是助手。",
    messages=(
        User(role="user", text="上海和北京多少度？", extra={"note": "甲"}),
        Assistant(
            role="assistant",
            thinking=THOUGHT,
            text=SAID,
            weight=1.0,
            extra={"score": 5},
            calls=(
                Call(name="f", arguments={"a": "12", "b": [1, {"c": None}]}, id="x", extra={"index": 0}),
                Call(name="g", arguments={}, id="y"),
            ),
        ),
        Result(role="tool", content="二", call_id="y", name="g", is_error=True),
        Result(role="tool", content="一", call_id="x", name="f", is_error=False, extra={"秒": 0.5}),
        Assistant(role="assistant", thinking="再查一次。", calls=(Call(name="f", arguments={"a": 1}, id="z"),)),
        Result(role="tool", content="三", call_id="z", name="f"),
        Assistant(role="assistant", text=ANSWER, weight=0.0),
        User(role="user", text="谢谢"),
        Assistant(role="assistant", thinking="客气一下。", text="不客气"),
    ),
    tools=(Tool(raw={"type": "function", "function": {**DEFINITION, "strict": True}}),),
    extra={"id": 7, "tool_choice": "auto"},
)
"""A conversation with most of what a format may be unable to hold."""


@pytest.mark.parametrize("name", NAMES)
def test_writing_keeps_what_the_format_says_it_holds(name: str) -> None:
    """Results stand in the order of their calls beforehand, as formats write them that need it."""
    kept = erase(results_in_call_order(RICH), frozenset(Trait) - formats()[name].holds)
    again = read(name, through_json(formats()[name]().write(kept)))
    found, wanted = content(again), content(kept)
    for conversation in (found, wanted):
        conversation.pop("tools_text", None)
        for message in conversation["messages"]:
            for call in message.get("calls", []):
                call.pop("raw", None)
            for key in ("text", "calls", "extra"):
                if not message.get(key, True):
                    del message[key]
    assert found == wanted


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"openai_functions"}))
def test_steps_that_follow_each_other_stay_apart(name: str) -> None:
    call = Call(name="f", arguments={}, id="a")
    steps = (
        Assistant(role="assistant", text="一"),
        Assistant(role="assistant", calls=(call,)),
        Assistant(role="assistant", calls=(call, call)),
        Assistant(role="assistant", thinking="想"),
        Assistant(role="assistant", text="二", calls=(call,)),
        Assistant(role="assistant", text="三"),
    )
    again = read(name, formats()[name]().write(Conversation(messages=steps))).messages
    found = [(step.thinking, step.text, len(step.calls)) for step in again if isinstance(step, Assistant)]
    assert found == [(step.thinking, step.text, len(step.calls)) for step in steps]


@pytest.mark.parametrize("name", ["ms_swift", "trl", "qwen_agent", "llamafactory_v1", "openai_functions"])
def test_results_stand_in_the_order_of_their_calls(name: str) -> None:
    again = read(name, formats()[name]().write(RICH)).messages
    assert [message.content for message in again if isinstance(message, Result)] == ["一", "二", "三"]


def test_legacy_calls_stand_one_after_another_each_with_its_named_result() -> None:
    calls = (Call(name="f", arguments={}, id="x"), Call(name="g", arguments={}, id="y"))
    results = (Result(role="tool", content="二", call_id="y"), Result(role="tool", content="一", call_id="x"))
    conversation = Conversation(messages=(Assistant(role="assistant", calls=calls), *results))
    assert formats()["openai_functions"]().write(conversation)["messages"] == [
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "一"},
        {"role": "assistant", "content": None, "function_call": {"name": "g", "arguments": "{}"}},
        {"role": "function", "name": "g", "content": "二"},
    ]


def test_prompt_and_completion_are_one_conversation_of_which_the_completion_is_learned() -> None:
    whole = ROWS["trl"]["messages"]
    row = {"prompt": whole[:-1], "completion": whole[-1:], "tools": ROWS["trl"]["tools"], "id": 1}
    found = recognise([row])
    assert found is not None
    assert found.name == "trl"
    conversation = read("trl", row)
    assert [message.at for message in conversation.messages][-2:] == ["/prompt/4", "/completion/0"]
    assert conversation.calls[0].at == "/prompt/2/tool_calls/0/function/arguments"
    assert conversation.system_at == "/prompt/0/content"
    weights = [message.weight for message in conversation.messages if isinstance(message, Assistant)]
    assert weights == [0.0, None]
    assert conversation.extra == {"id": 1}


@pytest.mark.parametrize("key", ["items", "messages"])
def test_response_items_may_stand_under_other_keys(key: str) -> None:
    row = {key: ROWS["openai_responses"]["input"]}
    found = recognise([row])
    assert found is not None
    assert found.name == "openai_responses"
    assert [message.role for message in read("openai_responses", row).messages] == ["user", "assistant", "tool", "tool"]


def test_a_response_may_answer_a_plain_text() -> None:
    row = {
        "input": "上海多少度？",
        "output": [{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}],
    }
    user, step = read("openai_responses", row).messages
    assert isinstance(user, User)
    assert (user.text, user.value_at) == ("上海多少度？", "/input")
    assert isinstance(step, Assistant)
    assert step.calls[0].at == "/output/0/arguments"


def test_reasoning_that_the_api_keeps_to_itself_is_no_thinking_but_is_kept() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
    row = {"input": [{"role": "user", "content": "?"}, item, {"type": "message", "role": "assistant", "content": "好"}]}
    conversation = read("openai_responses", row)
    step = conversation.messages[1]
    assert isinstance(step, Assistant)
    assert (step.thinking, step.text) == (None, "好")
    assert formats()["openai_responses"]().write(conversation)["input"][1] == item


def test_a_user_message_of_results_and_text_is_results_and_then_the_user() -> None:
    blocks = [{"type": "tool_result", "tool_use_id": "a", "content": "21"}, {"type": "text", "text": "那罗马呢？"}]
    row = {"messages": [{"role": "user", "content": blocks, "note": 1}]}
    conversation = read("anthropic", row)
    result, user = conversation.messages
    assert isinstance(result, Result)
    assert (result.call_id, result.content, result.value_at) == ("a", "21", "/messages/0/content/0/content")
    assert isinstance(user, User)
    assert (user.text, user.value_at) == ("那罗马呢？", "/messages/0/content/1/text")
    assert formats()["anthropic"]().write(conversation) == row


def test_findings_point_to_what_the_format_calls_its_parts() -> None:
    row = copy.deepcopy(formats()["anthropic"].example)
    row["tools"][0]["input_schema"]["properties"]["city"]["type"] = "strng"
    row["messages"][1]["content"][1]["name"] = "get_temperatur"
    found = {finding.pointer for finding in Checker().check(read("anthropic", row))}
    assert {"/tools/0/input_schema/properties/city/type", "/messages/1/content/1/name"} <= found


def test_errors_of_results_and_signatures_of_thinking_are_kept() -> None:
    conversation = read("anthropic", ROWS["anthropic"])
    assert [message.is_error for message in conversation.messages if isinstance(message, Result)] == [None, True]
    written = formats()["anthropic"]().write(conversation)
    assert written["messages"][1]["content"][0] == ROWS["anthropic"]["messages"][1]["content"][0]
    assert written["messages"][2]["content"][1]["is_error"] is True


def test_weights_of_the_loss_are_read() -> None:
    for name, wanted in (("llamafactory_v1", [1.0, 0.0]), ("ms_swift", [None, 0.0])):
        messages = read(name, ROWS[name]).messages
        assert [message.weight for message in messages if isinstance(message, Assistant)] == wanted


def test_ids_of_functions_link_results_to_calls() -> None:
    conversation = read("qwen_agent", formats()["qwen_agent"].example)
    assert [call.id for call in conversation.calls] == ["call_1", "call_2"]
    assert [message.call_id for message in conversation.messages if isinstance(message, Result)] == ["call_1", "call_2"]
    assert all(message.extra == {} for message in conversation.messages)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("anthropic", {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "input": {}}]}),
        ("llamafactory_v1", {"role": "assistant", "content": [{"type": "tool_call", "value": '{"name": "f"'}]}),
        ("ms_swift", {"role": "tool_call", "content": "f(上海)"}),
        ("ms_swift", {"role": "tool_call", "content": '{"name": "f", "arguments": "{上海}"}'}),
        ("openai_responses", {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{上海}"}),
        ("qwen_agent", {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": "{上海}"}}),
        ("trl", {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {}}]}),
    ],
)
def test_calls_that_cannot_be_read_are_kept(name: str, item: dict[str, Any]) -> None:
    key = "input" if name == "openai_responses" else "messages"
    conversation = read(name, {key: [item]})
    (call,) = conversation.calls
    assert call.error is not None
    again = read(name, formats()[name]().write(conversation))
    assert len(again.calls) == 1
    if "上海" in text(item):
        assert "上海" in text(formats()[name]().write(conversation))
        assert again.calls[0].error is not None


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("anthropic", {"role": "user", "content": [{"type": "image", "source": {"data": "x"}}]}),
        ("anthropic", {"role": "assistant", "content": [{"type": "server_tool_use", "id": "s"}]}),
        ("anthropic", {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "image"}]}]}),
        ("llamafactory_v1", {"role": "user", "content": [{"type": "image_url", "value": "x.png"}]}),
        ("ms_swift", {"role": "tool_call", "content": 3}),
        ("openai_responses", {"type": "web_search_call", "id": "ws_1"}),
        ("openai_responses", {"type": "function_call_output", "call_id": "a", "output": {"温度": 21}}),
        ("qwen_agent", {"role": "user", "content": [{"image": "x.png"}]}),
        ("trl", {"role": "wizard", "content": "x"}),
    ],
)
def test_messages_of_another_kind_are_kept_as_they_are(name: str, item: dict[str, Any]) -> None:
    key = "input" if name == "openai_responses" else "messages"
    conversation = read(name, {key: [item]})
    (found,) = conversation.messages
    assert isinstance(found, Malformed)
    assert formats()[name]().write(conversation)[key] == [item]


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"openai_functions"}))
def test_plain_rows_are_read_as_those_of_the_format_they_extend(name: str) -> None:
    row = formats()["openai"].example
    assert content(read(name, row)) == content(read("openai", row))


KEYS = """
role content type text value name arguments input output messages tools functions function_call tool_calls
system instructions tool_use tool_result thinking reasoning summary function_call_output call_id id user
assistant tool function tool_call tool_response extra function_id prompt completion loss loss_weight
input_schema parameters items message
"""
WORDS = st.sampled_from(KEYS.split())
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.sampled_from(['{"name": "f"}', "[]", "{"])
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=25
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": WORDS | ANYTHING,
        "type": WORDS | ANYTHING,
        "content": ANYTHING,
        "function_call": ANYTHING,
        "extra": ANYTHING,
        "output": ANYTHING,
        "summary": ANYTHING,
        "arguments": ANYTHING,
    },
)
LISTS = st.lists(MESSAGE | ANYTHING, max_size=4) | ANYTHING
ROW = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("messages", "input", "output", "items", "prompt", "completion", "tools", "functions", "system"), LISTS
    ),
)


@pytest.mark.parametrize("name", NAMES)
@given(row=ROW)
def test_no_object_is_too_strange_to_be_read_and_written(name: str, row: dict[str, Any]) -> None:
    conversation = read(name, row)
    json.dumps(formats()[name]().write(conversation))
    to_json(conversation)
    formats()[name].recognise(row)
