"""Qwen-Agent's messages: one `function_call` a message, parallel calls one after another, results of role `function`.

Source: Qwen-Agent, llm/schema.py, llm/oai.py and llm/function_calling.py: `extra.function_id` links a result to its
call, and results stand in the order of their calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Origin, Problem, Result
from toolcall_data.conversation.steps import results_in_call_order
from toolcall_data.formats._calls import call_of_openai
from toolcall_data.formats._chat import (
    bare,
    conversation_of,
    is_openai,
    items_of,
    meaning_of,
    messages_in,
    not_object,
    other_item,
    plain_message,
    rest,
    string,
    system_items,
    text_of,
    tools_list,
)
from toolcall_data.formats._steps import step_items, steps_joined
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI


class QwenAgent(Format):
    """Messages as Qwen-Agent's `Message` dumps them; adjacent messages of the model are one step."""

    name = "qwen_agent"
    title = "Qwen-Agent messages: adjacent function_call messages are parallel, results have role function"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.RESULT_ERRORS,
        Trait.WEIGHTS,
        Trait.TOOL_WRAPPING,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {"role": "user", "content": "上海和北京今天多少度？"},
            {"role": "assistant", "content": "", "reasoning_content": "两个城市分别查询。"},
            {
                "role": "assistant",
                "content": "",
                "function_call": {"name": "get_temperature", "arguments": '{"city": "上海"}'},
                "extra": {"function_id": "call_1"},
            },
            {
                "role": "assistant",
                "content": "",
                "function_call": {"name": "get_temperature", "arguments": '{"city": "北京"}'},
                "extra": {"function_id": "call_2"},
            },
            {
                "role": "function",
                "name": "get_temperature",
                "content": '{"celsius": 21}',
                "extra": {"function_id": "call_1"},
            },
            {
                "role": "function",
                "name": "get_temperature",
                "content": '{"celsius": 15}',
                "extra": {"function_id": "call_2"},
            },
            {"role": "assistant", "content": "上海 21 度，北京 15 度。"},
        ],
        "functions": [
            {
                "name": "get_temperature",
                "description": "查询气温",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        messages = messages_in(row)
        called = [isinstance(item.get("function_call"), dict) for item in messages]
        if not any(called):
            return None
        if any(_function_id(item) is not None for item in messages):
            return "messages hold a `function_call` and its `function_id`"
        for (before, item), is_call in zip(pairwise(messages), called[1:], strict=True):
            if is_call and before.get("role") == item.get("role") == "assistant":
                return "several messages of the model in a row, with a `function_call` each"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        if is_openai(row, "tool_calls"):
            return OpenAI().read(row, origin)
        problems: list[Problem] = []
        messages = steps_joined(
            (_message(item, at) for item, at in items_of(row, "messages", problems)), thinking_apart=True
        )
        key = "functions" if row.get("functions") is not None or "tools" not in row else "tools"
        return conversation_of(row, origin, messages, problems, taken=("messages",), tools_key=key)

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; a step is a message of text and thinking, where it has them, and one message a call."""
        ordered = results_in_call_order(conversation)
        items = step_items(ordered.messages, _said, _called, _other, thinking_apart=True)
        row: dict[str, JSON] = {"messages": system_items(ordered) + items}
        functions = tools_list(conversation, bare)
        return with_leftovers(row if functions is None else {**row, "functions": functions}, conversation.extra)


def _message(item: JSON, at: str) -> AnyMessage:
    if not isinstance(item, dict):
        return not_object(item, at)
    content, meaning = item.get("content"), meaning_of(item)
    text = text_of(content, ("text", None))
    if meaning == "assistant":
        return _assistant(item, "" if content is None and "function_call" in item else text, at)
    call_id = _function_id(item) if meaning == "tool" else None
    found = plain_message(item, text, meaning, at=at)
    if isinstance(found, Result) and call_id is not None:
        return found.model_copy(update={"call_id": call_id, "extra": _without_id(found.extra)})
    return found


def _assistant(item: Mapping[str, JSON], text: str | None, at: str) -> AnyMessage:
    called, thinking = item.get("function_call"), string(item.get("reasoning_content"))
    found = plain_message(item, text, "assistant", at=at)
    if not isinstance(found, Assistant):
        return found
    update: dict[str, JSON] = {}
    if thinking is not None:
        update |= {"thinking": thinking, "extra": rest(found.extra, "reasoning_content")}
    if isinstance(called, dict):
        left = _without_id(rest(update.get("extra", found.extra), "function_call"))
        call = call_of_openai(called, at=f"{at}/function_call", call_id=_function_id(item))
        update |= {"calls": (call.model_copy(update={"extra": with_leftovers(call.extra, left)}),), "extra": {}}
    return found.model_copy(update=update) if update else found


def _function_id(item: Mapping[str, JSON]) -> str | None:
    extra = item.get("extra")
    return string(extra.get("function_id")) if isinstance(extra, dict) else None


def _without_id(extra: dict[str, JSON]) -> dict[str, JSON]:
    """Leftovers without the id that was read from their `extra`."""
    if _function_id({"extra": extra.get("extra")}) is None:
        return extra
    left = rest(extra["extra"], "function_id")
    return {**extra, "extra": left} if left else rest(extra, "extra")


def _said(message: Assistant) -> JSON:
    thought = {} if message.thinking is None else {"reasoning_content": message.thinking}
    return with_leftovers({"role": "assistant", "content": message.text, **thought}, message.extra)


def _called(call: Call, message: Assistant) -> JSON:
    arguments = encode(call.arguments) if call.error is None else call.raw
    function = with_leftovers({"name": call.name, "arguments": arguments}, rest(call.extra, "extra"))
    return {"role": "assistant", "content": "", "function_call": function, **_linked(call.id, call.extra)}


def _other(message: AnyMessage) -> JSON:
    if not isinstance(message, Result):
        return other_item(message)
    item = other_item(message.model_copy(update={"extra": rest(message.extra, "extra")}), tool_role="function")
    return {**item, **_linked(message.call_id, message.extra)}


def _linked(call_id: str | None, extra: Mapping[str, JSON]) -> dict[str, JSON]:
    """The `extra` key of a message: what it held before, and the id of the call."""
    left = extra.get("extra")
    if call_id is None:
        return {"extra": left} if "extra" in extra else {}
    return {"extra": {**(left if isinstance(left, dict) else {}), "function_id": call_id}}
