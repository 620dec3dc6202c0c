"""LLaMA-Factory's v1 rows: messages of typed blocks, each `{"type": ..., "value": ...}`, with a weight of their loss.

Source: LLaMA-Factory, v1/utils/types.py and v1/core/rendering/format.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from toolcall_data.conversation.json_text import is_finite
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Conversation,
    Malformed,
    Origin,
    Problem,
    Result,
    System,
)
from toolcall_data.conversation.steps import results_in_call_order
from toolcall_data.formats._calls import calls_of_value
from toolcall_data.formats._chat import (
    call_text,
    conversation_of,
    gathered,
    is_openai,
    items_of,
    meaning_of,
    messages_in,
    not_object,
    other_item,
    plain_message,
    rest,
)
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import tools_string

_KINDS = ("text", "reasoning", "tool_call")


class LlamaFactoryV1(Format):
    """Messages whose content is a list of blocks; thinking, text and calls of a step stand in one message."""

    name = "llamafactory_v1"
    title = "LLaMA-Factory v1: messages of text, reasoning and tool_call blocks with loss_weight"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_ERRORS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "value": "上海今天多少度？"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "value": "先查上海的气温。"},
                    {
                        "type": "tool_call",
                        "value": '{"name": "get_temperature", "arguments": {"city": "上海"}}',
                    },
                ],
                "loss_weight": 1.0,
            },
            {"role": "tool", "content": [{"type": "text", "value": '{"celsius": 21}'}]},
            {
                "role": "assistant",
                "content": [{"type": "text", "value": "上海今天 21 度。"}],
                "loss_weight": 1.0,
            },
        ],
        "tools": '[{"type": "function", "function": {"name": "get_temperature", "description": "查询气温", '
        '"parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "城市"}}, '
        '"required": ["city"]}}}]',
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        for item in messages_in(row):
            blocks = item.get("content")
            if isinstance(blocks, list) and any(
                isinstance(block, dict) and {"type", "value"} <= block.keys() for block in blocks
            ):
                return "`content` is a list of blocks with `type` and `value`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        if is_openai(row, "tool_calls", "function_call"):
            return OpenAI().read(row, origin)
        problems: list[Problem] = []
        messages = [_message(item, at) for item, at in items_of(row, "messages", problems)]
        if (
            messages
            and isinstance(messages[0], System)
            and messages[0].extra in ({"loss_weight": 0}, {"loss_weight": None})
        ):
            messages[0] = messages[0].model_copy(update={"extra": {}})
        return conversation_of(row, origin, messages, problems, taken=("messages",))

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; results stand in the order of their calls, for no id links them."""
        ordered = results_in_call_order(conversation)
        system = [] if ordered.system is None else [System(role="system", text=ordered.system)]
        row: dict[str, JSON] = {"messages": [_item(message) for message in (*system, *ordered.messages)]}
        tools = tools_string(conversation)
        return with_leftovers({**row, "tools": tools} if tools else row, conversation.extra)


def _message(item: JSON, at: str) -> AnyMessage:
    if not isinstance(item, dict):
        return not_object(item, at)
    meaning, content = meaning_of(item), item.get("content")
    if isinstance(content, str):
        return plain_message(item, content, meaning, at=at)
    kinds = _KINDS if meaning == "assistant" else ("text",)
    if not isinstance(content, list) or not all(_is_block(block, kinds) for block in content):
        return plain_message(item, None, meaning, at=at)
    return _of_blocks(item, content, at)


def _is_block(block: JSON, kinds: Sequence[str]) -> bool:
    return isinstance(block, dict) and block.get("type") in kinds and isinstance(block.get("value"), str)


def _of_blocks(item: Mapping[str, JSON], blocks: list[dict[str, JSON]], at: str) -> AnyMessage:
    """The message of well-formed blocks; what they hold besides type and value goes to the leftovers."""
    placed = [(block["type"], block["value"], f"{at}/content/{index}/value") for index, block in enumerate(blocks)]
    said = [(text, place) for kind, text, place in placed if kind == "text"]
    found = plain_message(item, "".join(text for text, _ in said), meaning_of(item), at=at)
    update: dict[str, JSON] = {"extra": gathered([found.extra, *(rest(block, "type", "value") for block in blocks)])}
    if said:
        update["value_at"] = said[0][1]
    if isinstance(found, Assistant):
        thoughts = [text for kind, text, _ in placed if kind == "reasoning"]
        weight = update["extra"].get("loss_weight")
        update["thinking"] = "".join(thoughts) if thoughts else None
        update["calls"] = tuple(
            call for kind, text, place in placed if kind == "tool_call" for call in calls_of_value(text, at=place)
        )
        if is_finite(weight):
            update |= {"weight": float(weight), "extra": rest(update["extra"], "loss_weight")}
    return found.model_copy(update=update)


def _item(message: AnyMessage) -> JSON:
    match message:
        case Malformed():
            return other_item(message)
        case Assistant():
            weighted = {} if message.weight is None else {"loss_weight": message.weight}
            return with_leftovers({"role": "assistant", "content": _blocks(message), **weighted}, message.extra)
        case Result():
            named = {} if message.name is None else {"name": message.name}
            return with_leftovers(
                {"role": "tool", **named, "content": [_block("text", message.content)]}, message.extra
            )
        case _:
            return with_leftovers({"role": message.role, "content": [_block("text", message.text)]}, message.extra)


def _blocks(message: Assistant) -> list[JSON]:
    thinking = [] if message.thinking is None else [_block("reasoning", message.thinking)]
    calls = [_block("tool_call", call_text(call)) for call in message.calls]
    text = [_block("text", message.text)] if message.text or not (thinking or calls) else []
    return [*thinking, *text, *calls]


def _block(kind: str, value: str) -> JSON:
    return {"type": kind, "value": value}
