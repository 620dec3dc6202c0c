"""Glaive's function calling rows: a `system` text with the tools and a `chat` text with all turns.

Source: the data set glaiveai/glaive-function-calling-v2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

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
    User,
)
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._text_rows import EXAMPLE_TOOL
from toolcall_data.formats._text_steps import spoken_step, spoken_text
from toolcall_data.formats._written_calls import Notation
from toolcall_data.formats.base import Format, Trait, nearest_key, with_leftovers
from toolcall_data.formats.sharegpt import message_of

LISTING = Listing(
    head="You are a helpful assistant with access to the following functions. Use them if required -\n",
    tail="\n",
    layout="indented",
    begins=re.compile(r"^(?=\{\s*\"(?:name|type)\")", re.MULTILINE),
    ends=re.compile(r""),
    head_known=re.compile(
        r"You are a helpful assistant with access to the following functions\.\s*Use them if required\s*-?\s*\Z"
    ),
)
_NO_TOOLS = "You are a helpful assistant, with no access to external functions."
_NOTATIONS: tuple[Notation, ...] = ("functioncall",)
_SYSTEM = "SYSTEM: "
_ROLE = re.compile(r"^(USER|ASSISTANT|FUNCTION RESPONSE): ?", re.MULTILINE)
_END_OF_TEXT = "<|endoftext|>"
_BREAK = "\n\n\n"
_LOOKS_LIKE_TURN = re.compile(
    r"(?:(?<=\n\n)|(?<=<\|endoftext\|>\n))(?=(?:USER|ASSISTANT|FUNCTION RESPONSE):)",
)


class Glaive(Format):
    """Turns begin at the start of a line, after a blank line or the end-of-text mark.

    The sentence before the tools, and the one that says there are none, are dropped from the system prompt, since
    writing adds them again. Text that would read as the beginning of a turn is written with a space before it.
    """

    name = "glaive"
    title = "Glaive function calling v2: system and chat as text, USER, ASSISTANT, FUNCTION RESPONSE, <functioncall>"
    holds = frozenset(
        {
            Trait.TEXT_BESIDE_CALL,
            Trait.THINKING,
            Trait.THINKING_BESIDE_CALL,
            Trait.SEVERAL_RESULTS,
            Trait.ANY_ORDER,
            Trait.SYSTEM,
            Trait.TOOL_FIELDS,
            Trait.TOOL_WRAPPING,
            Trait.TOOLS,
            Trait.CALLS,
            Trait.RESULTS,
            Trait.SEVERAL_TURNS,
            Trait.ROW_FIELDS,
            Trait.VALUE_TYPES,
        }
    )
    loses = ("lines of a text that begin like a turn after a blank line (a space is put before them)",)
    example: ClassVar[dict[str, JSON]] = {
        "system": _SYSTEM + LISTING.joined(None, [EXAMPLE_TOOL]),
        "chat": "USER: 上海今天多少度？\n\n\n"
        "ASSISTANT: 我来查一下。\n"
        '<functioncall> {"name": "get_temperature", "arguments": \'{"city": "上海"}\'} <|endoftext|>\n\n\n'
        'FUNCTION RESPONSE: {"celsius": 21}\n\n\n'
        "ASSISTANT: 上海今天 21 度。 <|endoftext|>\n\n\n",
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        chat = row.get("chat")
        if isinstance(chat, str) and _ROLE.match(chat.lstrip()):
            return "`chat` is a text of turns that begin with USER: and ASSISTANT:"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        problems: list[Problem] = []
        chat = _text(row, "chat", problems)
        system = _text(row, "system", problems)
        conversation = Conversation(
            messages=tuple(_messages(chat or "", row)),
            system=_system(system) if system else None,
            problems=tuple(problems),
            extra={key: value for key, value in row.items() if key not in ("system", "chat")},
            origin=origin,
            tools_at="/system",
            system_at="/system",
        )
        return with_listed_tools(conversation, LISTING)

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; what is neither a user's text, a step of the model nor a result has no place in it."""
        if conversation.tools:
            system = LISTING.joined(conversation.system, conversation.tools)
        else:
            system = conversation.system or _NO_TOOLS
        chat = "".join(turn + _BREAK for message in conversation.messages if (turn := _turn(message)) is not None)
        return with_leftovers({"system": f"{_SYSTEM}{system}", "chat": chat}, conversation.extra)


def _text(row: Mapping[str, JSON], key: str, problems: list[Problem]) -> str | None:
    found = row.get(key)
    if isinstance(found, str):
        return found
    if not row:
        problems += [] if problems else [Problem(kind="row.empty", detail="the row has no keys")]
    elif found is not None:
        detail = f"`{key}` is {kind_of(found)}, not a string"
        problems.append(Problem(kind="row.value_not_string", detail=detail, at=f"/{key}", value=found))
    elif key == "chat":
        problems.append(Problem(kind="row.key_missing", detail=f"no `{key}`{nearest_key(row, key)}"))
    return None


def _system(text: str) -> str | None:
    said = text.removeprefix(_SYSTEM)
    return None if not said or said.strip() == _NO_TOOLS else said


def _messages(chat: str, row: Mapping[str, JSON]) -> Iterator[AnyMessage]:
    """The turns of a chat; text before the first one has no role."""
    marks = list(_turn_marks(chat))
    lead = chat[: marks[0].start()] if marks else chat
    if lead.strip():
        yield Malformed(role="malformed", content=lead, reason="unknown_role", at="/chat", value_at="/chat")
    ends = [*(mark.start() for mark in marks[1:]), len(chat)]
    for mark, end in zip(marks, ends, strict=False):
        yield _message(mark[1], _without_break(chat[mark.end() : end]), row)


def _turn_marks(chat: str) -> Iterator[re.Match[str]]:
    """Where turns begin: any line that names a role, and in chats with blank lines only those that follow one."""
    spaced = "\n\n" in chat
    for mark in _ROLE.finditer(chat):
        start = mark.start()
        before = chat[max(0, start - len(_END_OF_TEXT) - 2) : start]
        if not spaced or start == 0 or before.endswith("\n\n") or before.rstrip().endswith(_END_OF_TEXT):
            yield mark


def _without_break(text: str) -> str:
    return text.removesuffix(_BREAK) if text.endswith(_BREAK) else text.rstrip("\n")


def _message(role: str, text: str, row: Mapping[str, JSON]) -> AnyMessage:
    if role == "USER":
        return User(role="user", text=text, at="/chat", value_at="/chat")
    if role == "FUNCTION RESPONSE":
        return Result(role="tool", content=text, at="/chat", value_at="/chat")
    ended = text.rstrip()
    if ended.endswith(_END_OF_TEXT):
        text = ended.removesuffix(_END_OF_TEXT).removesuffix(" ")
    message = message_of("assistant", text, at="/chat", value_at="/chat", extra={})
    return spoken_step(message, row, (), _NOTATIONS) if isinstance(message, Assistant) else message


def _turn(message: AnyMessage) -> str | None:
    match message:
        case User():
            return f"USER: {_quiet(message.text)}"
        case Result():
            return f"FUNCTION RESPONSE: {_quiet(message.content)}"
        case Assistant():
            calls = "\n".join(_call(call) for call in message.calls)
            return f"ASSISTANT: {_quiet(spoken_text(message, calls))} {_END_OF_TEXT}"
    return None


def _quiet(text: str) -> str:
    """The text, with no line in it that would begin a turn."""
    return _LOOKS_LIKE_TURN.sub(" ", text)


def _call(call: Call) -> str:
    if call.error is not None:
        return f"<functioncall> {call.raw}"
    return f'<functioncall> {{"name": {encode(call.name)}, "arguments": \'{encode(call.arguments)}\'}}'
