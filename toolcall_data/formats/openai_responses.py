"""Items of OpenAI's Responses API: calls, results and reasoning stand beside the messages, tools are flat.

Source: OpenAI's Responses reference (platform.openai.com/docs/api-reference/responses).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    Conversation,
    Malformed,
    Origin,
    Problem,
    Result,
    Tool,
    User,
    unchecked,
)
from toolcall_data.formats._calls import call_of_openai
from toolcall_data.formats._chat import (
    Items,
    Links,
    bare,
    conversation_of,
    gathered,
    is_openai,
    items_of,
    malformed,
    meaning_of,
    messages_in,
    not_object,
    other_item,
    plain_message,
    rest,
    string,
    strings_in,
    text_of,
    tools_list,
)
from toolcall_data.formats._steps import steps_joined
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI

_assistant_of = unchecked(Assistant)
_result_of = unchecked(Result)

_LISTS = ("input", "output", "items", "messages")
_TEXT = ("text", "input_text", "output_text")
_OWN = ("function_call", "function_call_output", "reasoning")


class OpenAIResponses(Format):
    """A list of typed items; reasoning, a message and calls that follow each other are one step."""

    name = "openai_responses"
    title = "OpenAI Responses items: message, reasoning, function_call and function_call_output, flat tools"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.RESULT_NAMES,
        Trait.RESULT_ERRORS,
        Trait.WEIGHTS,
        Trait.TOOL_WRAPPING,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "instructions": "你是天气助手。",
        "input": [
            {"type": "message", "role": "user", "content": "上海今天多少度？"},
            {"type": "function_call", "call_id": "call_1", "name": "get_temperature", "arguments": '{"city": "上海"}'},
            {"type": "function_call_output", "call_id": "call_1", "output": '{"celsius": 21}'},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "上海今天 21 度。"}]},
        ],
        "tools": [
            {
                "type": "function",
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
        for key in _LISTS:
            if any(item.get("type") in _OWN for item in messages_in(row, key)):
                return f"`{key}` holds items of the type `function_call`, `function_call_output` or `reasoning`"
        for key in ("input", "output", "items"):
            if any(meaning_of(item) is not None and "content" in item for item in messages_in(row, key)):
                return f"`{key}` holds messages"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        if is_openai(row, "tool_calls", "function_call"):
            return OpenAI().read(row, origin)
        problems: list[Problem] = []
        items, taken = _items_of(row, problems)
        parts = (_message(item, at) for item, at in items)
        messages = [_unsaid(message) for message in steps_joined(parts, thinking_apart=True)]
        system = row.get("instructions")
        if system is not None and not isinstance(system, str):
            detail = f"`instructions` is {kind_of(system)}, not a string"
            at = item_at("instructions")
            problems.append(Problem(kind="row.value_not_string", detail=detail, at=at, value=system))
            system = None
        return conversation_of(
            row,
            origin,
            messages,
            problems,
            taken=(*taken, "instructions"),
            adapt=_not_flat,
            system=system,
            system_at=item_at("instructions") if system is not None else "",
        )

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row, all items under `input`; ids that are missing are made up."""
        row: dict[str, JSON] = {} if conversation.system is None else {"instructions": conversation.system}
        row["input"] = _items(conversation.messages)
        tools = tools_list(conversation, _flat)
        return with_leftovers(row if tools is None else {**row, "tools": tools}, conversation.extra)


def _items_of(row: Mapping[str, JSON], problems: list[Problem]) -> tuple[Items, list[str]]:
    """The items of a row, and the keys that they stood under: a request and its answer, or one list."""
    items: Items = []
    pair, single = ([key for key in keys if key in row] for keys in (("input", "output"), ("items", "messages")))
    keys = pair or single[:1]
    for key in keys:
        if isinstance(row[key], str):
            role = "user" if key == "input" else "assistant"
            items.append(({"role": role, "content": row[key]}, ""))
        elif row[key] is not None or len(keys) == 1:
            items += items_of(row, key, problems)
    if not keys:
        items_of(row, "input", problems)
    return items, keys


def _message(item: JSON, at: str) -> AnyMessage:
    if not isinstance(item, dict):
        return not_object(item, at)
    kind = item.get("type", "message")
    if kind == "function_call":
        return _assistant_of(role="assistant", calls=(_call(item, at),), at=at, value_at=f"{at}/arguments")
    if kind == "function_call_output":
        return _result(item, at)
    if kind == "reasoning":
        return _reasoning(item, at)
    if kind != "message":
        return malformed(kind, None, item, extra={}, at=at, value_at=at, unknown=True)
    return _said(item, at)


def _said(item: Mapping[str, JSON], at: str) -> AnyMessage:
    content, meaning = item.get("content"), meaning_of(item)
    if meaning == "tool":
        meaning = None
    found = plain_message(item, text_of(content, _TEXT), meaning, at=at, taken=("type",))
    if found.role == "malformed":
        return found
    if not at:
        key = "input" if isinstance(found, User) else "output"
        return found.model_copy(update={"at": item_at(key), "value_at": item_at(key)})
    if not isinstance(content, list) or not content:
        return found
    extra = gathered([found.extra, *(_worth_keeping(part) for part in content)])
    return found.model_copy(update={"extra": extra, "value_at": f"{at}/content/0/text"})


def _worth_keeping(part: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a part of a text says besides it; the empty lists that every answer of the API holds say nothing."""
    return {key: value for key, value in rest(part, "type", "text").items() if value not in ([], None)}


def _call(item: Mapping[str, JSON], at: str) -> Call:
    call_id = string(item.get("call_id"))
    left = rest(item, "type", *strings_in(item, "call_id"))
    return call_of_openai(left, at=at, call_id=call_id)


def _result(item: Mapping[str, JSON], at: str) -> AnyMessage:
    written, value_at = item.get("output"), f"{at}/output"
    text, call_id = text_of(written, _TEXT), string(item.get("call_id"))
    if text is None:
        return malformed("function_call_output", "tool", item, extra={}, at=at, value_at=value_at)
    parts = [_worth_keeping(part) for part in written] if isinstance(written, list) else []
    left = rest(item, "type", "output", *strings_in(item, "call_id"))
    return _result_of(
        role="tool", content=text, call_id=call_id, extra=gathered([left, *parts]), at=at, value_at=value_at
    )


def _reasoning(item: Mapping[str, JSON], at: str) -> AnyMessage:
    """A step's thinking: the full text, where the item has it, or the summary; the other keys stay together."""
    for key, kind in (("content", "reasoning_text"), ("summary", "summary_text")):
        parts = item.get(key)
        if isinstance(parts, list) and parts and (text := text_of(parts, (kind,))) is not None:
            break
    else:
        key, text = "", None
    left = rest(item, "type", key)
    extra = {"reasoning": left} if left not in ({}, {"summary": []}) else {}
    value_at = f"{at}/{key}/0/text" if key else at
    return _assistant_of(role="assistant", thinking=text or "", extra=extra, at=at, value_at=value_at)


def _unsaid(message: AnyMessage) -> AnyMessage:
    """A step whose reasoning the API keeps to itself has no thinking, only the item's other keys."""
    if isinstance(message, Assistant) and message.thinking == "" and "reasoning" in message.extra:
        return message.model_copy(update={"thinking": None})
    return message


def _not_flat(tool: Tool) -> Tool:
    """A flat definition without the `type` that all of them have."""
    raw = tool.raw
    flat = isinstance(raw, dict) and not tool.is_wrapped and raw.get("type") == "function"
    return Tool(raw=rest(raw, "type")) if flat else tool


def _flat(tool: Tool) -> JSON:
    found = bare(tool)
    return {"type": "function", **found} if isinstance(found, dict) and "function" not in found else found


def _items(messages: Sequence[AnyMessage]) -> list[JSON]:
    items: list[JSON] = []
    links = Links("call")
    before: AnyMessage | None = None
    for index, message in enumerate(messages):
        if isinstance(message, Assistant):
            ids = links.of_calls(message, index)
            items += _step_items(message, ids, is_apart=isinstance(before, Assistant) and message.thinking is None)
        else:
            items.append(_item(message, links))
        before = message
    return items


def _item(message: AnyMessage, links: Links) -> JSON:
    match message:
        case Result():
            call_id = links.of_result(message)
            linked = {} if call_id is None else {"call_id": call_id}
            item = {"type": "function_call_output", **linked, "output": message.content}
            return with_leftovers(item, message.extra)
        case Malformed(content={"type": kind}) if kind == message.tag:
            return message.content
        case _:
            written = other_item(message)
            return {"type": "message", **written} if isinstance(written, dict) else written


def _step_items(message: Assistant, ids: list[str], *, is_apart: bool) -> list[JSON]:
    """The items of a step; one that follows another begins with a message, if need be an empty one."""
    items: list[JSON] = []
    left = message.extra.get("reasoning")
    extra = rest(message.extra, "reasoning") if isinstance(left, dict) else message.extra
    if message.thinking is not None or isinstance(left, dict):
        items.append(_reasoning_item(message.thinking, left if isinstance(left, dict) else {}))
    if message.text or extra or not message.calls or is_apart:
        parts = [{"type": "output_text", "text": message.text}]
        items.append(with_leftovers({"type": "message", "role": "assistant", "content": parts}, extra))
    return items + [_call_item(call, call_id) for call, call_id in zip(message.calls, ids, strict=True)]


def _reasoning_item(thinking: str | None, left: Mapping[str, JSON]) -> JSON:
    if thinking is None:
        return {"type": "reasoning", **left}
    if "summary" in left:
        return {**left, "type": "reasoning", "content": [{"type": "reasoning_text", "text": thinking}]}
    return {**left, "type": "reasoning", "summary": [{"type": "summary_text", "text": thinking}]}


def _call_item(call: Call, call_id: str) -> JSON:
    arguments = encode(call.arguments) if call.error is None else call.raw
    item = {"type": "function_call", "call_id": call_id, "name": call.name, "arguments": arguments}
    return with_leftovers(item, call.extra)
