"""What publishers write as OpenAI messages."""

from __future__ import annotations

from typing import Any

import pytest

from toolcall_data.conversation.model import Assistant, Malformed, Origin, Result
from toolcall_data.formats.openai import OpenAI


def messages(*items: dict[str, Any], **row: Any) -> tuple[Any, ...]:
    return OpenAI().read({"messages": list(items), **row}, Origin()).messages


def assistant(*items: dict[str, Any]) -> Assistant:
    (found,) = messages(*items)
    assert isinstance(found, Assistant)
    return found


def test_arguments_may_be_a_string_or_an_object() -> None:
    for written in ('{"city": "北京"}', {"city": "北京"}):
        calls = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": written}}]
        (call,) = assistant({"role": "assistant", "content": None, "tool_calls": calls}).calls
        assert (call.name, call.arguments, call.id, call.error) == ("f", {"city": "北京"}, "c1", None)


def test_arguments_that_are_no_json_are_kept_as_written() -> None:
    broken = '{"city": 北京}'
    row = {
        "messages": [
            {"role": "user", "content": "?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": broken}}],
            },
        ]
    }
    conversation = OpenAI().read(row, Origin())
    (call,) = conversation.calls
    assert call.error is not None
    assert call.raw == broken
    assert OpenAI().write(conversation) == row


def test_legacy_function_call_becomes_a_call() -> None:
    found = messages(
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "好"},
        functions=[{"name": "f", "parameters": {}}],
    )
    assert isinstance(found[0], Assistant)
    assert found[0].calls[0].name == "f"
    assert isinstance(found[1], Result)
    assert (found[1].name, found[1].content) == ("f", "好")


def test_legacy_functions_are_tools() -> None:
    conversation = OpenAI().read({"messages": [], "functions": [{"name": "f", "parameters": {}}]}, Origin())
    assert [tool.name for tool in conversation.tools] == ["f"]
    assert "functions" not in conversation.extra


@pytest.mark.parametrize("role", ["system", "developer"])
def test_leading_system_message_is_the_system_prompt(role: str) -> None:
    row = {"messages": [{"role": role, "content": "你是助手"}, {"role": "user", "content": "?"}]}
    conversation = OpenAI().read(row, Origin())
    assert conversation.system == "你是助手"
    assert len(conversation.messages) == 1


def test_text_parts_are_joined() -> None:
    (found,) = messages({"role": "user", "content": [{"type": "text", "text": "你"}, {"type": "text", "text": "好"}]})
    assert found.text == "你好"


def test_reasoning_and_weight_have_their_own_fields() -> None:
    found = assistant({"role": "assistant", "content": "好", "reasoning_content": "想", "weight": 0})
    assert (found.thinking, found.weight, found.extra) == ("想", 0, {})


@pytest.mark.parametrize(
    "item",
    [
        {"role": "assistant", "content": None},
        {"role": "user", "content": 3},
        {"role": "wizard", "content": "x"},
        {"content": "x"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
    ],
)
def test_what_is_no_message_is_kept_as_it_is(item: dict[str, Any]) -> None:
    (found,) = messages(item)
    assert isinstance(found, Malformed)
    assert found.content == item.get("content")
    assert found.tag == item.get("role")


def test_results_without_an_id_answer_their_calls_in_order() -> None:
    calls = [{"type": "function", "function": {"name": name, "arguments": "{}"}} for name in "fg"]
    row = {
        "messages": [
            {"role": "user", "content": "?"},
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "content": "1"},
            {"role": "tool", "content": "2"},
        ]
    }
    written = OpenAI().write(OpenAI().read(row, Origin()))["messages"]
    assert [item["tool_call_id"] for item in written[2:]] == [call["id"] for call in written[1]["tool_calls"]]
    assert len({call["id"] for call in written[1]["tool_calls"]}) == 2
