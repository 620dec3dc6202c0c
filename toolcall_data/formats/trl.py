"""TRL's conversational rows, as `transformers` chat templates read them: arguments are objects, results have no ids.

Source: the dataset formats page of TRL and the tool use page of transformers (huggingface.co/docs).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Origin
from toolcall_data.conversation.steps import results_in_call_order
from toolcall_data.formats._chat import messages_in, other_item, rest, system_items, tools_list, wrapped
from toolcall_data.formats.base import Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI


class TRL(OpenAI):
    """OpenAI messages whose calls hold objects; also a `prompt` and a `completion` of messages each."""

    name = "trl"
    title = "TRL / transformers: OpenAI messages with arguments as objects and results by name; prompt and completion"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_ERRORS,
        Trait.WEIGHTS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"type": "function", "function": {"name": "get_temperature", "arguments": {"city": "上海"}}}
                ],
            },
            {"role": "tool", "name": "get_temperature", "content": '{"celsius": 21}'},
            {"role": "assistant", "content": "上海今天 21 度。"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get_temperature",
                    "description": "查询气温",
                    "parameters": {
                        "type": "object",
                        "properties": {"city": {"type": "string", "description": "城市"}},
                        "required": ["city"],
                    },
                },
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if _is_split(row):
            return "`prompt` and `completion` hold messages with `role` and `content`"
        for message in messages_in(row):
            calls = message.get("tool_calls")
            if isinstance(calls, list) and any(_is_by_name(call) for call in calls):
                return "`tool_calls` hold arguments as objects, and no ids"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        """The conversation; what the model says in a `prompt` is not learned, so it has the weight 0."""
        if not _is_split(row):
            return _think(super().read(row, origin))
        prompt, completion = row["prompt"], row["completion"]
        whole = {**rest(row, "prompt", "completion"), "messages": [*prompt, *completion]}
        found = _think(super().read(whole, origin))
        messages = tuple(_split(message, len(prompt)) for message in found.messages)
        return found.model_copy(update={"messages": messages, "system_at": _place(found.system_at, len(prompt))})

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; results stand in the order of their calls, for no id links them."""
        ordered = results_in_call_order(conversation)
        row: dict[str, JSON] = {"messages": system_items(ordered) + [_item(message) for message in ordered.messages]}
        tools = tools_list(conversation, wrapped)
        return with_leftovers(row if tools is None else {**row, "tools": tools}, conversation.extra)


def _is_split(row: Mapping[str, JSON]) -> bool:
    halves = [messages_in(row, key) for key in ("prompt", "completion")]
    return "messages" not in row and all(half and all("role" in item for item in half) for half in halves)


def _is_by_name(call: JSON) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return isinstance(function, dict) and isinstance(function.get("arguments"), dict) and call.get("id") is None


def _think(conversation: Conversation) -> Conversation:
    """With `thinking`, the key that some templates read, in its place."""
    messages = tuple(
        message.model_copy(update={"thinking": message.extra["thinking"], "extra": rest(message.extra, "thinking")})
        if isinstance(message, Assistant)
        and message.thinking is None
        and isinstance(message.extra.get("thinking"), str)
        else message
        for message in conversation.messages
    )
    return conversation if messages == conversation.messages else conversation.model_copy(update={"messages": messages})


def _place(at: str, length: int) -> str:
    """A place in the joined messages as one in the prompt of `length` messages or in the completion."""
    if not at.startswith("/messages/"):
        return at
    number, slash, inside = at.removeprefix("/messages/").partition("/")
    index = int(number)
    return f"/prompt/{index}{slash}{inside}" if index < length else f"/completion/{index - length}{slash}{inside}"


def _split(message: AnyMessage, length: int) -> AnyMessage:
    update: dict[str, JSON] = {"at": _place(message.at, length), "value_at": _place(message.value_at, length)}
    if isinstance(message, Assistant):
        update["calls"] = tuple(call.model_copy(update={"at": _place(call.at, length)}) for call in message.calls)
        if message.weight is None and update["at"].startswith("/prompt"):
            update["weight"] = 0.0
    return message.model_copy(update=update)


def _item(message: AnyMessage) -> JSON:
    if not isinstance(message, Assistant):
        return other_item(message)
    item: dict[str, JSON] = {"role": "assistant", "content": message.text}
    if message.thinking is not None:
        item["reasoning_content"] = message.thinking
    if message.calls:
        item["tool_calls"] = [{"type": "function", "function": _function(call)} for call in message.calls]
    return with_leftovers(item, message.extra)


def _function(call: Call) -> dict[str, JSON]:
    return with_leftovers(
        {"name": call.name, "arguments": call.arguments if call.error is None else call.raw}, call.extra
    )
