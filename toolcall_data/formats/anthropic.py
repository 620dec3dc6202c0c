"""Anthropic's messages: content blocks, calls as `tool_use`, results as `tool_result` blocks of a user message.

Source: Anthropic's messages reference (docs.anthropic.com/en/api/messages) and its page on tool use.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    CallError,
    Conversation,
    Origin,
    Problem,
    Result,
    Tool,
    User,
    unchecked,
)
from toolcall_data.formats._chat import (
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
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI

_assistant_of = unchecked(Assistant)
_user_of = unchecked(User)
_result_of = unchecked(Result)

_TEXT_KEYS = {"text": "text", "thinking": "thinking", "redacted_thinking": "data"}
"""The blocks of a model's message besides calls, and the key of each that holds a string."""


class Anthropic(Format):
    """Messages of content blocks with a `system` beside them and tools with an `input_schema`."""

    name = "anthropic"
    title = "Anthropic messages: text, thinking, tool_use and tool_result blocks, tools with input_schema"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.LATER_SYSTEM,
        Trait.RESULT_NAMES,
        Trait.WEIGHTS,
        Trait.TOOL_WRAPPING,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "system": "你是天气助手。",
        "messages": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "我来查一下。"},
                    {"type": "tool_use", "id": "toolu_1", "name": "get_temperature", "input": {"city": "上海"}},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": '{"celsius": 21}'}],
            },
            {"role": "assistant", "content": "上海今天 21 度。"},
        ],
        "tools": [
            {
                "name": "get_temperature",
                "description": "查询气温",
                "input_schema": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        messages, tools = messages_in(row), row.get("tools")
        for item in messages:
            blocks = item.get("content")
            if "role" in item and isinstance(blocks, list) and any(map(_is_own_block, blocks)):
                return "`content` holds `tool_use`, `tool_result` or `thinking` blocks"
        if (
            messages
            and isinstance(tools, list)
            and any(isinstance(tool, dict) and "input_schema" in tool for tool in tools)
        ):
            return "`tools` have an `input_schema`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        if is_openai(row, "tool_calls", "function_call"):
            return OpenAI().read(row, origin)
        problems: list[Problem] = []
        messages = [message for item, at in items_of(row, "messages", problems) for message in _messages(item, at)]
        system, system_at, extra = _system(row, problems)
        found = conversation_of(
            row,
            origin,
            messages,
            problems,
            taken=("messages", "system"),
            adapt=_with_parameters,
            system=system,
            system_at=system_at,
        )
        return found.model_copy(update={"extra": gathered([found.extra, extra])}) if extra else found

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; results and the user's words after them share a message, and ids that are missing are made up."""
        row: dict[str, JSON] = {} if conversation.system is None else {"system": conversation.system}
        row["messages"] = _items(conversation.messages)
        tools = tools_list(conversation, _with_input_schema)
        return with_leftovers(row if tools is None else {**row, "tools": tools}, conversation.extra)


def _is_own_block(block: JSON) -> bool:
    if not isinstance(block, dict):
        return False
    return block.get("type") in ("tool_use", "tool_result") or (block.get("type") == "thinking" and "thinking" in block)


def _system(row: Mapping[str, JSON], problems: list[Problem]) -> tuple[str | None, str, dict[str, JSON]]:
    """The system prompt, its place, and what its blocks hold besides the text."""
    found, at = row.get("system"), item_at("system")
    if found is None:
        return None, "", {}
    text = text_of(found)
    if text is None:
        detail = f"`system` is {kind_of(found)}, not a string or a list of text blocks"
        problems.append(Problem(kind="row.value_not_string", detail=detail, at=at, value=found))
        return None, at, {}
    if isinstance(found, str) or not found:
        return text, at, {}
    return text, f"{at}/0/text", gathered(rest(block, "type", "text") for block in found)


def _with_parameters(tool: Tool) -> Tool:
    """A definition with its `input_schema` as `parameters`."""
    raw = tool.raw
    if tool.is_wrapped or not isinstance(raw, dict) or "input_schema" not in raw or "parameters" in raw:
        return tool
    renamed = {"parameters" if key == "input_schema" else key: value for key, value in raw.items()}
    return Tool(raw=renamed, parameters_at="/input_schema")


def _with_input_schema(tool: Tool) -> JSON:
    found = bare(tool)
    if not isinstance(found, dict) or "input_schema" in found or "function" in found:
        return found
    return {"input_schema" if key == "parameters" else key: value for key, value in found.items()}


def _messages(item: JSON, at: str) -> list[AnyMessage]:
    if not isinstance(item, dict):
        return [not_object(item, at)]
    content, meaning = item.get("content"), meaning_of(item)
    if isinstance(content, list) and all(isinstance(block, dict) for block in content):
        if meaning == "assistant":
            return [_step(item, content, at)]
        if meaning == "user" and any(block.get("type") == "tool_result" for block in content):
            return _results_and_text(item, content, at)
    return [_text_message(item, content, at)]


def _text_message(item: Mapping[str, JSON], content: JSON, at: str) -> AnyMessage:
    found = plain_message(item, text_of(content), meaning_of(item), at=at)
    if found.role == "malformed" or not isinstance(content, list) or not content:
        return found
    extra = gathered([found.extra, *(rest(block, "type", "text") for block in content)])
    return found.model_copy(update={"extra": extra, "value_at": f"{at}/content/0/text"})


def _step(item: Mapping[str, JSON], blocks: list[dict[str, JSON]], at: str) -> AnyMessage:
    """A model's message; a block that is none of the model's makes it malformed."""
    extra = rest(item, "role", "content")
    if not all(map(_is_models, blocks)):
        return malformed("assistant", "assistant", item["content"], extra=extra, at=at, value_at=f"{at}/content")
    places = [(block, f"{at}/content/{index}") for index, block in enumerate(blocks)]
    texts = [(block["text"], f"{place}/text") for block, place in places if block["type"] == "text"]
    thoughts = [block["thinking"] for block in blocks if block["type"] == "thinking"]
    return _assistant_of(
        role="assistant",
        text="".join(text for text, _ in texts),
        thinking="\n".join(thoughts) if thoughts else None,
        calls=tuple(_call(block, place) for block, place in places if block["type"] == "tool_use"),
        extra=gathered([extra, *map(_leftover, blocks)]),
        at=at,
        value_at=texts[0][1] if texts else f"{at}/content",
    )


def _is_models(block: Mapping[str, JSON]) -> bool:
    kind = block.get("type")
    return kind == "tool_use" or isinstance(block.get(_TEXT_KEYS.get(str(kind), "")), str)


def _leftover(block: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """What a block of the model holds besides what is read from it; calls keep their own."""
    match block["type"]:
        case "tool_use":
            return {}
        case "redacted_thinking":
            return {"redacted_thinking": block["data"], **rest(block, "type", "data")}
        case kind:
            return rest(block, "type", kind)


def _call(block: Mapping[str, JSON], at: str) -> Call:
    name, call_id = string(block.get("name")), string(block.get("id"))
    missing = name is None or "input" not in block
    return Call(
        name=name,
        arguments=block.get("input"),
        id=call_id,
        raw=encode(block.get("input")),
        error=CallError(kind="keys", detail="lacks `name` or `input`") if missing else None,
        extra=rest(block, "type", "input", *strings_in(block, "name", "id")),
        at=f"{at}/input",
    )


def _results_and_text(item: Mapping[str, JSON], blocks: list[dict[str, JSON]], at: str) -> list[AnyMessage]:
    """The results of a user message and what the user says beside them, in the order of the blocks."""
    found: list[AnyMessage] = []
    places = [(block, f"{at}/content/{index}") for index, block in enumerate(blocks)]
    for is_result, group in groupby(places, key=lambda placed: placed[0].get("type") == "tool_result"):
        run = list(group)
        found += [_result(block, place) for block, place in run] if is_result else [_said(run, at)]
    extra = rest(item, "role", "content")
    if extra:
        number = next((index for index, message in enumerate(found) if message.role != "tool"), 0)
        found[number] = found[number].model_copy(update={"extra": gathered([found[number].extra, extra])})
    return found


def _result(block: Mapping[str, JSON], at: str) -> AnyMessage:
    content, value_at = block.get("content"), f"{at}/content"
    text = "" if content is None else text_of(content)
    if text is None:
        return malformed("user", "tool", [dict(block)], extra={}, at=at, value_at=value_at)
    call_id, is_error = string(block.get("tool_use_id")), block.get("is_error")
    taken = [*strings_in(block, "tool_use_id"), *(["is_error"] if isinstance(is_error, bool) else [])]
    inner = [rest(part, "type", "text") for part in content] if isinstance(content, list) else []
    return _result_of(
        role="tool",
        content=text,
        call_id=call_id,
        is_error=is_error if isinstance(is_error, bool) else None,
        extra=gathered([rest(block, "type", "content", *taken), *inner]),
        at=at,
        value_at=value_at,
    )


def _said(run: list[tuple[dict[str, JSON], str]], at: str) -> AnyMessage:
    """What the user says in adjacent blocks of one message."""
    blocks, place = [block for block, _ in run], run[0][1]
    text = text_of(blocks)
    if text is None:
        return malformed("user", "user", blocks, extra={}, at=at, value_at=place)
    extra = gathered(rest(block, "type", "text") for block in blocks)
    return _user_of(role="user", text=text, extra=extra, at=at, value_at=f"{place}/text")


def _items(messages: tuple[AnyMessage, ...]) -> list[JSON]:
    """The messages as written: adjacent results share one of the user, and take in the user's words after them."""
    items: list[JSON] = []
    results: list[JSON] = []
    links = Links("toolu")
    for index, message in enumerate(messages):
        if isinstance(message, Result):
            results.append(_result_block(message, links.of_result(message)))
            continue
        if results:
            said = message if isinstance(message, User) else None
            items.append(_user_item(results, said))
            results = []
            if said is not None:
                continue
        ids = links.of_calls(message, index) if isinstance(message, Assistant) else []
        items.append(_step_item(message, ids) if isinstance(message, Assistant) else other_item(message))
    return [*items, _user_item(results, None)] if results else items


def _user_item(results: list[JSON], said: User | None) -> JSON:
    if said is None:
        return {"role": "user", "content": results}
    return with_leftovers({"role": "user", "content": [*results, {"type": "text", "text": said.text}]}, said.extra)


def _result_block(message: Result, call_id: str | None) -> JSON:
    linked = {} if call_id is None else {"tool_use_id": call_id}
    block: dict[str, JSON] = {"type": "tool_result", **linked, "content": message.content}
    if message.is_error is not None:
        block["is_error"] = message.is_error
    return with_leftovers(block, message.extra)


def _step_item(message: Assistant, ids: list[str]) -> JSON:
    extra = message.extra
    if message.thinking is None and not message.calls:
        return with_leftovers({"role": "assistant", "content": message.text}, extra)
    blocks: list[JSON] = []
    if message.thinking is not None:
        signed = {"signature": extra["signature"]} if "signature" in extra else {}
        extra = rest(extra, "signature")
        blocks.append({"type": "thinking", "thinking": message.thinking, **signed})
    if message.text:
        blocks.append({"type": "text", "text": message.text})
    blocks += [_call_block(call, call_id) for call, call_id in zip(message.calls, ids, strict=True)]
    return with_leftovers({"role": "assistant", "content": blocks}, extra)


def _call_block(call: Call, call_id: str) -> JSON:
    arguments = call.arguments if call.error is None or call.error.kind == "keys" else call.raw
    return with_leftovers({"type": "tool_use", "id": call_id, "name": call.name, "input": arguments}, call.extra)
