"""OpenAI chat messages: tool_calls with string or object arguments, tool results, legacy functions.

Source: OpenAI's chat completions and fine-tuning references (platform.openai.com/docs/api-reference/chat).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode, is_finite
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
    System,
    Tool,
    User,
    unchecked,
)
from toolcall_data.formats._calls import call_of_openai
from toolcall_data.formats._chat import items_of, rest, string, tools_of
from toolcall_data.formats.base import Format, Trait, with_leftovers

_conversation = unchecked(Conversation)
_made_assistant = unchecked(Assistant)
_result = unchecked(Result)
_user = unchecked(User)

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_SHARED = ("role", "content")


class OpenAI(Format):
    """Messages with `role` and `content`; calls in `tool_calls`, results in `tool` messages."""

    name = "openai"
    title = "OpenAI messages: role/content with tool_calls and tool messages, tools as a list"
    holds = frozenset(Trait) - {Trait.RESULT_ERRORS, Trait.CALL_SPELLING, Trait.MALFORMED}
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "get_temperature", "arguments": '{"city": "上海"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius": 21}'},
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
        messages = row.get("messages")
        if isinstance(messages, list) and any(isinstance(item, dict) and "role" in item for item in messages):
            return "`messages` holds messages with `role` and `content`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        problems: list[Problem] = []
        messages = self.messages([item for item, _ in items_of(row, "messages", problems)])
        system, system_at = None, ""
        if messages and messages[0].role == "system" and not messages[0].extra:
            system, system_at = messages[0].text, messages[0].value_at
            messages = messages[1:]
        tools_key = _tools_key(row)
        tools, tools_text = tools_of(row, tools_key, problems)
        return _conversation(
            messages=tuple(messages),
            system=system,
            tools=tools,
            tools_text=tools_text,
            problems=tuple(problems),
            extra={key: value for key, value in row.items() if key not in ("messages", tools_key)},
            origin=origin,
            tools_at=item_at(tools_key),
            system_at=system_at,
        )

    def messages(self, items: list[JSON]) -> list[AnyMessage]:
        """The messages of a list, with places under `messages`."""
        return [_message(item, index) for index, item in enumerate(items)]

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row in today's shape: calls get ids where they had none, results are matched to them in order."""
        messages: list[JSON] = []
        if conversation.system is not None:
            messages.append({"role": "system", "content": conversation.system})
        waiting: list[str] = []
        for index, message in enumerate(conversation.messages):
            if isinstance(message, Assistant):
                waiting = [call.id or f"call_{index}_{number}" for number, call in enumerate(message.calls)]
                messages.append(_assistant_item(message, waiting))
                waiting = list(waiting)
            else:
                messages.append(_item(message, waiting))
        row: dict[str, JSON] = {"messages": messages}
        if conversation.tools:
            row["tools"] = [_wrapped(tool) for tool in conversation.tools]
        return with_leftovers(row, conversation.extra)


def _tools_key(row: Mapping[str, JSON]) -> str:
    """Where the tools stand: under `tools`, or under the legacy `functions`."""
    return "tools" if row.get("tools") is not None or "functions" not in row else "functions"


def _message(item: JSON, index: int) -> AnyMessage:
    at = item_at("messages", index)
    if not isinstance(item, dict):
        return Malformed(role="malformed", content=item, reason="not_object", at=at, value_at=at)
    role, content = item.get("role"), item.get("content")
    value_at = item_at("messages", index, "content")
    text = _text(content)
    if not isinstance(role, str) or role not in ROLES:
        return _malformed(item, role, content, "unknown_role", at, value_at)
    if role == "assistant":
        return _assistant(item, text, at, value_at)
    if text is None:
        return _malformed(item, role, content, "not_string", at, value_at)
    if role in ("system", "developer"):
        extra = rest(item, *_SHARED)
        return System(role="system", text=text, extra=extra, at=at, value_at=value_at)
    if role == "user":
        return _user(role="user", text=text, extra=rest(item, *_SHARED), at=at, value_at=value_at)
    return _result(
        role="tool",
        content=text,
        call_id=string(item.get("tool_call_id")),
        name=string(item.get("name")),
        extra=rest(item, *_SHARED, "tool_call_id", "name"),
        at=at,
        value_at=value_at,
    )


def _assistant(item: dict[str, JSON], text: str | None, at: str, value_at: str) -> AnyMessage:
    written, legacy, content = item.get("tool_calls"), item.get("function_call"), item.get("content")
    calls: tuple[Call, ...] = ()
    if isinstance(written, list):
        calls = tuple(_call(call, f"{at}/tool_calls/{number}") for number, call in enumerate(written))
    elif isinstance(legacy, dict):
        calls = (call_of_openai(legacy, at=f"{at}/function_call", call_id=None),)
    if text is None and not (content is None and calls):
        return _malformed(item, "assistant", content, "not_string", at, value_at)
    thinking, weight = item.get("reasoning_content"), item.get("weight")
    extra = rest(item, *_SHARED, "tool_calls", "function_call")
    if isinstance(thinking, str):
        del extra["reasoning_content"]
    if is_finite(weight):
        del extra["weight"]
    return _made_assistant(
        role="assistant",
        text=text or "",
        thinking=thinking if isinstance(thinking, str) else None,
        calls=calls,
        weight=weight if "weight" not in extra else None,
        extra=extra,
        at=at,
        value_at=value_at,
    )


def _call(item: JSON, at: str) -> Call:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(function, dict):
        bare = isinstance(item, dict) and "name" in item
        return call_of_openai(item if bare else {}, at=at, call_id=None)
    return call_of_openai(function, at=f"{at}/function", call_id=string(item.get("id")))


def _malformed(item: dict[str, JSON], tag: JSON, content: JSON, reason: str, at: str, value_at: str) -> Malformed:
    known = tag if isinstance(tag, str) and tag in ROLES else None
    meant = {"developer": "system", "function": "tool"}.get(known or "", known)
    return Malformed.model_validate(
        {
            "role": "malformed",
            "tag": tag,
            "meant": meant,
            "content": content,
            "reason": reason,
            "extra": rest(item, *_SHARED),
        }
    ).model_copy(update={"at": at, "value_at": value_at})


def _text(content: JSON) -> str | None:
    """Text of a string or of a list of text parts; None for anything else."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "".join(str(part.get("text", "")) for part in content)
    return None


def _assistant_item(message: Assistant, ids: list[str]) -> dict[str, JSON]:
    item: dict[str, JSON] = {"role": "assistant", "content": message.text or (None if message.calls else "")}
    if message.thinking is not None:
        item["reasoning_content"] = message.thinking
    if message.calls:
        item["tool_calls"] = [
            {
                "id": call_id,
                "type": "function",
                "function": with_leftovers({"name": call.name, "arguments": _arguments(call)}, call.extra),
            }
            for call, call_id in zip(message.calls, ids, strict=True)
        ]
    if message.weight is not None:
        item["weight"] = message.weight
    return with_leftovers(item, message.extra)


def _arguments(call: Call) -> str:
    return call.raw if call.error is not None else encode(call.arguments)


def _item(message: AnyMessage, waiting: list[str]) -> dict[str, JSON]:
    match message:
        case Result():
            call_id = message.call_id or (waiting.pop(0) if waiting else None)
            named = {"name": message.name} if message.name is not None else {}
            written = {"role": "tool", "tool_call_id": call_id, "content": message.content, **named}
            return with_leftovers(written, message.extra)
        case Malformed():
            return with_leftovers({"role": message.tag, "content": message.content}, message.extra)
        case Assistant():
            return _assistant_item(message, [])
        case _:
            return with_leftovers({"role": message.role, "content": message.text}, message.extra)


def _wrapped(tool: Tool) -> JSON:
    return tool.raw if tool.is_wrapped else {"type": "function", "function": tool.raw}
