"""OpenAI messages of the time before tools: `functions`, one `function_call` a message, results of role `function`.

Source: OpenAI's chat completions reference (platform.openai.com/docs/api-reference/chat), its deprecated fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Result
from toolcall_data.formats._chat import bare, messages_in, other_item, system_items, tools_list
from toolcall_data.formats._traits import without_several_calls
from toolcall_data.formats.base import Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.qwen_agent import QwenAgent


class OpenAIFunctions(OpenAI):
    """The legacy shape; reading is that of `openai`, which takes both."""

    name = "openai_functions"
    title = "OpenAI messages, legacy: functions, function_call and role function"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.SEVERAL_CALLS,
        Trait.RESULT_ERRORS,
        Trait.TOOL_WRAPPING,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "get_temperature", "arguments": '{"city": "上海"}'},
            },
            {"role": "function", "name": "get_temperature", "content": '{"celsius": 21}'},
            {"role": "assistant", "content": "上海今天 21 度。"},
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
        if not any("role" in item for item in messages) or QwenAgent.recognise(row):
            return None
        if any(isinstance(item.get("function_call"), dict) for item in messages):
            return "messages hold a `function_call`"
        if isinstance(row.get("functions"), list):
            return "has `messages` and `functions`"
        return None

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; calls of one step follow each other, each with its result, which gets the name that it must have."""
        split = without_several_calls(conversation)
        row: dict[str, JSON] = {
            "messages": system_items(split) + [_item(message) for message in _named(split.messages)]
        }
        functions = tools_list(conversation, bare)
        return with_leftovers(row if functions is None else {**row, "functions": functions}, conversation.extra)


def _named(messages: Sequence[AnyMessage]) -> Iterator[AnyMessage]:
    """The messages, a result that follows a call with that call's name."""
    called: str | None = None
    for message in messages:
        if isinstance(message, Result) and message.name is None and called is not None:
            yield message.model_copy(update={"name": called})
        else:
            yield message
        called = message.calls[0].name if isinstance(message, Assistant) and message.calls else None


def _item(message: AnyMessage) -> JSON:
    if not isinstance(message, Assistant):
        return other_item(message, tool_role="function")
    item: dict[str, JSON] = {"role": "assistant", "content": message.text or (None if message.calls else "")}
    if message.thinking is not None:
        item["reasoning_content"] = message.thinking
    if message.calls:
        item["function_call"] = _function(message.calls[0])
    if message.weight is not None:
        item["weight"] = message.weight
    return with_leftovers(item, message.extra)


def _function(call: Call) -> dict[str, JSON]:
    arguments = encode(call.arguments) if call.error is None else call.raw
    return with_leftovers({"name": call.name, "arguments": arguments}, call.extra)
