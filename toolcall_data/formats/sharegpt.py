"""LLaMA-Factory's sharegpt rows (`formatting: sharegpt`), with the columns and tags of any dataset_info.json entry.

Source: LLaMA-Factory 0.9.5, data/parser.py, data/converter.py and data/formatter.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    NOTHING,
    AnyMessage,
    Assistant,
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
from toolcall_data.formats._calls import (
    BLOCK,
    CANONICAL_THINK,
    THINK,
    call_object,
    calls_of_value,
    tools_of_list,
    tools_of_text,
)
from toolcall_data.formats.base import Format, Trait, nearest_key, with_leftovers

_conversation = unchecked(Conversation)
_assistant = unchecked(Assistant)
_result = unchecked(Result)
_user = unchecked(User)

Meaning = Literal["system", "user", "assistant", "call", "tool"]

ALIASES: dict[str, Meaning] = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "system": "system",
    "developer": "system",
    "function_call": "call",
    "function-call": "call",
    "functioncall": "call",
    "tool_call": "call",
    "tool_calls": "call",
    "observation": "tool",
    "tool": "tool",
    "tool_response": "tool",
    "function_response": "tool",
    "function": "tool",
    "ipython": "tool",
    "environment": "tool",
}
"""Role spellings seen in public sets, lower case."""


@dataclass(frozen=True)
class Columns:
    """Which keys of a row hold what; None means the row has no such column."""

    messages: str | None = "conversations"
    system: str | None = "system"
    tools: str | None = "tools"


@dataclass(frozen=True)
class Tags:
    """The keys of a message and the roles they hold; None is what LLaMA-Factory makes of a tag left out of `tags`."""

    role_tag: str | None = "from"
    content_tag: str | None = "value"
    user_tag: str | None = "human"
    assistant_tag: str | None = "gpt"
    observation_tag: str | None = "observation"
    function_tag: str | None = "function_call"
    system_tag: str | None = "system"

    def meanings(self) -> dict[str, Meaning]:
        """The canonical role of each tag."""
        named: tuple[tuple[str | None, Meaning], ...] = (
            (self.user_tag, "user"),
            (self.assistant_tag, "assistant"),
            (self.observation_tag, "tool"),
            (self.function_tag, "call"),
            (self.system_tag, "system"),
        )
        return {tag: meaning for tag, meaning in named if tag is not None}


class ShareGPT(Format):
    """Messages with `from` and `value`; tools and calls are JSON strings."""

    name = "sharegpt"
    title = "LLaMA-Factory sharegpt (APIGen-MT too): from/value turns, function_call, observation, tools as a string"
    holds = frozenset(
        {
            Trait.TEXT_BESIDE_CALL,
            Trait.THINKING,
            Trait.THINKING_BESIDE_CALL,
            Trait.SEVERAL_CALLS,
            Trait.SYSTEM,
            Trait.TOOL_FIELDS,
            Trait.TOOL_WRAPPING,
            Trait.TOOLS,
            Trait.CALLS,
            Trait.RESULTS,
            Trait.SEVERAL_TURNS,
            Trait.ROW_FIELDS,
            Trait.MESSAGE_FIELDS,
            Trait.VALUE_TYPES,
        }
    )
    loses = ("line breaks at either end of a text beside a call",)
    example: ClassVar[dict[str, JSON]] = {
        "conversations": [
            {"from": "human", "value": "上海今天多少度？"},
            {"from": "function_call", "value": '{"name": "get_temperature", "arguments": {"city": "上海"}}'},
            {"from": "observation", "value": '{"celsius": 21}'},
            {"from": "gpt", "value": "上海今天 21 度。"},
        ],
        "system": "",
        "tools": '[{"name": "get_temperature", "description": "查询气温", "parameters": {"type": "object", '
        '"properties": {"city": {"type": "string", "description": "城市"}}, "required": ["city"]}}]',
    }

    def __init__(self, columns: Columns | None = None, tags: Tags | None = None) -> None:
        self.columns = columns or Columns()
        self.tags = tags or Tags()
        self._meanings = self.tags.meanings()
        self._role_key = self.tags.role_tag or ""
        self._text_key = self.tags.content_tag or ""

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        for key in ("conversations", "messages"):
            messages = row.get(key)
            if isinstance(messages, list) and any(isinstance(item, dict) and "from" in item for item in messages):
                return f"`{key}` holds messages with `from` and `value`"
        if "conversations" not in row:
            return None
        items = row["conversations"] if isinstance(row["conversations"], list) else []
        is_spelled_otherwise = any(isinstance(item, dict) and "role" in item for item in items)
        return None if is_spelled_otherwise else "has `conversations`"

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        key = self._messages_key(row)
        found = row.get(key) if key else None
        taken = (key, self.columns.tools, self.columns.system)
        problems: list[Problem] = []
        if not isinstance(found, list):
            problems.append(self._no_messages(row, key, found))
            found = []
        messages = [self._message(item, key or "", index) for index, item in enumerate(found)]
        system, system_at, messages = self._system(row, messages, problems)
        tools, tools_text = self._tools(row, problems)
        return _conversation(
            messages=tuple(messages),
            system=system,
            tools=tools,
            tools_text=tools_text,
            problems=tuple(problems),
            extra={name: value for name, value in row.items() if name not in taken},
            origin=origin,
            tools_at=item_at(self.columns.tools) if self.columns.tools else "",
            system_at=system_at,
        )

    def _messages_key(self, row: Mapping[str, JSON]) -> str | None:
        key = self.columns.messages
        if key == "conversations" and key not in row and "messages" in row:
            return "messages"
        return key

    def _no_messages(self, row: Mapping[str, JSON], key: str | None, found: JSON) -> Problem:
        if not row:
            return Problem(kind="row.empty", detail="the row has no keys")
        if not key or key not in row:
            hint = nearest_key(row, key or "")
            return Problem(kind="row.key_missing", detail=f"no `{key}`{hint}; the row has {', '.join(map(repr, row))}")
        if found is None:
            return Problem(kind="row.key_missing", detail=f"`{key}` is null", at=item_at(key))
        return Problem(kind="row.value_not_string", detail=f"`{key}` is {kind_of(found)}, not a list", at=item_at(key))

    def _message(self, item: JSON, key: str, index: int) -> AnyMessage:
        at = item_at(key, index)
        if not isinstance(item, dict):
            return Malformed(role="malformed", content=item, reason="not_object", at=at, value_at=at)
        tag, value = item.get(self._role_key), item.get(self._text_key)
        value_at = item_at(key, index, self._text_key)
        extra = NOTHING
        if len(item) > 2 or tag is None or value is None:
            extra = {name: rest for name, rest in item.items() if name not in (self._role_key, self._text_key)}
        meaning = self._meaning(tag) if isinstance(tag, str) else None
        if meaning is None or not isinstance(value, str):
            return Malformed(
                role="malformed",
                tag=tag,
                meant=meaning or (ALIASES.get(tag.strip().lower()) if isinstance(tag, str) else None),
                content=value,
                reason="unknown_role" if meaning is None else "not_string",
                extra=extra,
                at=at,
                value_at=value_at,
            )
        return message_of(meaning, value, at=at, value_at=value_at, extra=extra)

    def _meaning(self, tag: str) -> Meaning | None:
        """What a role stands for; None where no tag names it."""
        return self._meanings.get(tag)

    def _system(
        self, row: Mapping[str, JSON], messages: list[AnyMessage], problems: list[Problem]
    ) -> tuple[str | None, str, list[AnyMessage]]:
        """The system prompt: a leading system message wins over the column, as in LLaMA-Factory's converter."""
        column = self.columns.system
        text = row.get(column) if column else None
        if text is not None and not isinstance(text, str):
            detail = f"`{column}` is {kind_of(text)}, not a string"
            problems.append(Problem(kind="row.value_not_string", detail=detail, at=item_at(column or ""), value=text))
            text = None
        first = messages[0] if messages else None
        if first is not None and first.role == "malformed" and first.meant == "system" and first.content is None:
            return text or None, item_at(column or ""), messages[1:]
        if first is None or first.role != "system":
            return text or None, item_at(column) if column else "", messages
        if text and text != first.text:
            problems.append(Problem(kind="conv.multi_system", detail="both", at=item_at(column or ""), value=text))
        return first.text or None, first.value_at, messages[1:]

    def _tools(self, row: Mapping[str, JSON], problems: list[Problem]) -> tuple[tuple[Tool, ...], str | None]:
        column = self.columns.tools
        found = row.get(column) if column else None
        if found is None:
            return (), None
        at = item_at(column or "")
        if isinstance(found, str):
            tools, wrong = tools_of_text(found)
            problems += [problem.model_copy(update={"at": at}) for problem in wrong]
            return tools, found
        detail = f"`{column}` is {kind_of(found)}; LLaMA-Factory takes the list as a JSON string"
        problems.append(Problem(kind="row.value_not_string", detail=detail, at=at, value=found))
        return (tools_of_list(found) if isinstance(found, list) else ()), None

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row under the format's columns and tags, every key present; leftovers follow."""
        row: dict[str, JSON] = {
            self.columns.messages or "conversations": [self._item(message) for message in conversation.messages]
        }
        if self.columns.system:
            row[self.columns.system] = conversation.system or ""
        if self.columns.tools:
            row[self.columns.tools] = tools_string(conversation)
        return with_leftovers(row, conversation.extra)

    def _item(self, message: AnyMessage) -> dict[str, JSON]:
        tag, value = self._tag_and_value(message)
        return with_leftovers({self._role_key or "from": tag, self._text_key or "value": value}, message.extra)

    def _tag_and_value(self, message: AnyMessage) -> tuple[JSON, JSON]:
        tags = self.tags
        match message:
            case User():
                return tags.user_tag, message.text
            case Result():
                return tags.observation_tag, message.content
            case System():
                return tags.system_tag, message.text
            case Malformed():
                return message.tag, message.content
            case Assistant():
                return (tags.function_tag if message.calls else tags.assistant_tag), assistant_value(message)


def message_of(meaning: Meaning, value: str, *, at: str, value_at: str, extra: dict[str, JSON]) -> AnyMessage:
    """The message a sharegpt turn holds."""
    if meaning == "user":
        return _user(role="user", text=value, at=at, value_at=value_at, extra=extra)
    if meaning == "tool":
        return _result(role="tool", content=value, at=at, value_at=value_at, extra=extra)
    if meaning == "system":
        return System(role="system", text=value, at=at, value_at=value_at, extra=extra)
    if meaning == "call":
        return _call_message(value, at=at, value_at=value_at, extra=extra)
    thinking, text = None, value
    if value.startswith("<think>") and (match := CANONICAL_THINK.match(value)):
        thinking, text = match[1], value[match.end() :]
    return _assistant(role="assistant", text=text, thinking=thinking, at=at, value_at=value_at, extra=extra)


def _call_message(value: str, *, at: str, value_at: str, extra: dict[str, JSON]) -> Assistant:
    """A function_call turn: calls, with thinking before them and text around `<tool_call>` blocks, each kept apart."""
    thinking, rest = None, value
    if value.startswith("{"):
        pass
    elif match := CANONICAL_THINK.match(value):
        thinking, rest = match[1], value[match.end() :]
    elif match := THINK.match(value):
        thinking, rest = match[1].strip("\n"), value[match.end() :]
    text = ""
    # Behind the last closing tag no block ends: to look for one from every opening tag there would take long.
    end = rest.rfind("</tool_call>") + len("</tool_call>")
    if "<tool_call>" in rest and (blocks := list(BLOCK.finditer(rest, 0, end))):
        text = (BLOCK.sub("", rest[:end]) + rest[end:]).strip("\n")
        calls = tuple(call for block in blocks for call in calls_of_value(block[1].strip(), at=value_at))
    else:
        calls = calls_of_value(rest, at=value_at)
    return _assistant(
        role="assistant",
        text=text,
        thinking=thinking,
        calls=calls,
        written=value,
        at=at,
        value_at=value_at,
        extra=extra,
    )


def assistant_value(message: Assistant) -> str:
    """The value of a gpt or function_call turn, in the one form that LLaMA-Factory renders as meant.

    One call is an object, several are a list; thinking stands before in the default thought words; text beside a call
    is kept by wrapping the calls in one `<tool_call>` block. A call that could not be read is written as found.
    """
    thought = f"<think>\n{message.thinking}\n</think>\n\n" if message.thinking is not None else ""
    if not message.calls:
        return thought + message.text
    unread = [call.raw for call in message.calls if call.error is not None]
    if unread:
        return message.written if message.written is not None else unread[0]
    objects = [call_object(call) for call in message.calls]
    text = encode(objects[0] if len(objects) == 1 else objects)
    return thought + (f"{message.text}<tool_call>{text}</tool_call>" if message.text else text)


@lru_cache(maxsize=1024)
def _rewritten(text: str) -> str:
    """A `tools` string in our spelling; remembered, for sets repeat few tool lists."""
    tools, _ = tools_of_text(text)
    return encode([tool.raw for tool in tools])


def tools_string(conversation: Conversation) -> str:
    """The `tools` column: a JSON list, or an empty string for none (`[]` would print an empty system block).

    Text that could not be read is written as found.
    """
    if conversation.tools:
        text = conversation.tools_text
        return encode([tool.raw for tool in conversation.tools]) if text is None else _rewritten(text)
    unread = any(problem.kind.startswith("tool.") for problem in conversation.problems)
    return conversation.tools_text or "" if unread else ""
