"""ms-swift's agent rows: calls and results are messages of their own, the tools are a JSON string.

Source: ms-swift, its page on custom datasets and its agent templates: adjacent tool_call messages are one step, and
the model's text right before them belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.json_text import decode, encode, is_finite
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    CallError,
    Conversation,
    Origin,
    Problem,
)
from toolcall_data.conversation.steps import results_in_call_order
from toolcall_data.formats._calls import CANONICAL_THINK, THINK, calls_of_value
from toolcall_data.formats._chat import (
    ROLES,
    call_text,
    conversation_of,
    is_openai,
    items_of,
    malformed,
    meaning_of,
    messages_in,
    not_object,
    other_item,
    plain_message,
    rest,
    system_items,
    text_of,
)
from toolcall_data.formats._steps import step_items, steps_joined
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import Meaning, tools_string

_ROLES: Mapping[str, Meaning] = {**ROLES, "tool_call": "call", "tool_response": "tool"}


class MsSwift(Format):
    """Messages of role `tool_call` and `tool_response` among those of OpenAI; thinking stands in the text."""

    name = "ms_swift"
    title = "ms-swift messages: tool_call and tool_response, adjacent ones parallel, tools as a string"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_ERRORS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "tools": '[{"type": "function", "function": {"name": "get_temperature", "description": "查询气温", '
        '"parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "城市"}}, '
        '"required": ["city"]}}}]',
        "messages": [
            {"role": "user", "content": "上海和北京今天多少度？"},
            {"role": "tool_call", "content": '{"name": "get_temperature", "arguments": {"city": "上海"}}'},
            {"role": "tool_call", "content": '{"name": "get_temperature", "arguments": {"city": "北京"}}'},
            {"role": "tool_response", "content": '{"celsius": 21}'},
            {"role": "tool_response", "content": '{"celsius": 15}'},
            {"role": "assistant", "content": "上海 21 度，北京 15 度。"},
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if any(item.get("role") in ("tool_call", "tool_response") for item in messages_in(row)):
            return "messages have the roles `tool_call` and `tool_response`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        if is_openai(row, "tool_calls", "function_call"):
            return OpenAI().read(row, origin)
        problems: list[Problem] = []
        messages = steps_joined(_message(item, at) for item, at in items_of(row, "messages", problems))
        return conversation_of(row, origin, messages, problems, taken=("messages",))

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; results stand in the order of their calls, for no id links them."""
        ordered = results_in_call_order(conversation)
        items = step_items(ordered.messages, _said, _called, _other)
        tools = tools_string(conversation)
        row: dict[str, JSON] = {"tools": tools} if tools else {}
        return with_leftovers({**row, "messages": system_items(ordered) + items}, conversation.extra)


def _message(item: JSON, at: str) -> AnyMessage:
    if not isinstance(item, dict):
        return not_object(item, at)
    meaning = meaning_of(item, _ROLES)
    if meaning == "call":
        return _call_message(item, at)
    found = plain_message(item, text_of(item.get("content")), meaning, at=at)
    if not isinstance(found, Assistant):
        return found
    thinking, text = _parted(found.text)
    return _weighted(found.model_copy(update={"thinking": thinking, "text": text}))


def _parted(text: str) -> tuple[str | None, str]:
    """Thinking and the text behind it."""
    if not text.lstrip().startswith("<think>"):
        return None, text
    if match := CANONICAL_THINK.match(text):
        return match[1], text[match.end() :]
    match = THINK.match(text)
    return (match[1].strip("\n"), text[match.end() :]) if match else (None, text)


def _weighted(message: Assistant) -> Assistant:
    """With the message's `loss` as its weight: true trains it, false does not."""
    loss = message.extra.get("loss")
    if not isinstance(loss, bool) and not is_finite(loss):
        return message
    return message.model_copy(update={"weight": float(loss), "extra": rest(message.extra, "loss")})


def _call_message(item: Mapping[str, JSON], at: str) -> AnyMessage:
    content, value_at = item.get("content"), f"{at}/content"
    extra = rest(item, "role", "content")
    if not isinstance(content, str | dict):
        return malformed(item.get("role"), "call", content, extra=extra, at=at, value_at=value_at)
    calls = calls_of_value(content if isinstance(content, str) else encode(content), at=value_at)
    if isinstance(content, dict):
        calls = tuple(call.model_copy(update={"at": f"{value_at}{call.sub}", "sub": ""}) for call in calls)
    found = _weighted(Assistant(role="assistant", calls=tuple(map(_mended, calls)), extra=extra, at=at))
    first, *others = found.calls
    first = first.model_copy(update={"extra": with_leftovers(first.extra, found.extra)})
    return found.model_copy(update={"calls": (first, *others), "extra": {}, "value_at": value_at})


def _mended(call: Call) -> Call:
    """A call with what ms-swift takes as well: `parameters` for `arguments`, and arguments as a JSON string."""
    if call.error is not None and call.error.kind == "keys" and call.name is not None and "parameters" in call.extra:
        update = {"arguments": call.extra["parameters"], "error": None, "extra": rest(call.extra, "parameters")}
        at, sub = (_synonym(call.at), call.sub) if not call.sub else (call.at, _synonym(call.sub))
        call = call.model_copy(update={**update, "at": at, "sub": sub})
    if call.error is not None or not isinstance(call.arguments, str):
        return call
    found = decode(call.arguments)
    if found.error is not None:
        return call.model_copy(update={"error": CallError(kind="not_json", detail=found.error)})
    keys, not_finite = (*call.duplicate_keys, *found.duplicate_keys), call.not_finite or found.not_finite
    return call.model_copy(update={"arguments": found.value, "duplicate_keys": keys, "not_finite": not_finite})


def _synonym(place: str) -> str:
    return f"{place.removesuffix('/arguments')}/parameters"


def _said(message: Assistant) -> JSON:
    thought = "" if message.thinking is None else f"<think>\n{message.thinking}\n</think>\n\n"
    item = {"role": "assistant", "content": thought + message.text, **_loss(message.weight)}
    return with_leftovers(item, message.extra)


def _called(call: Call, message: Assistant) -> JSON:
    return {"role": "tool_call", "content": call_text(call), **_loss(message.weight)}


def _other(message: AnyMessage) -> JSON:
    return other_item(message, tool_role="tool_response")


def _loss(weight: float | None) -> dict[str, JSON]:
    if weight is None:
        return {}
    return {"loss": bool(weight) if weight in (0, 1) else weight}
