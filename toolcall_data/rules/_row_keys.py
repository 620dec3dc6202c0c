"""What rows are compared by: 64-bit hashes and texts of one row, computed when asked for and once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

import xxhash

from toolcall_data.conversation.fingerprint import normal_text
from toolcall_data.conversation.model import AnyMessage, Call, Conversation, Tool, remembered
from toolcall_data.rules._guards import facts
from toolcall_data.rules._personal_data import Kind, counts_of

_BORDER = "\x1e"
_MOST_TOOLS = 4096
_DIGITS = b"0123456789"
_OTHER_BYTES = bytes(set(range(256)) - set(_DIGITS))
_FEWEST_DIGITS = 4
"""An address of a network has four, every other number of a person more."""

Calls: TypeAlias = tuple[Call, ...]


class RowKeys:
    """The keys of a conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    @remembered
    def tool_keys(self) -> tuple[int, ...]:
        """A key for each tool, equal where the definitions are, key order aside."""
        return tuple(map(tool_key, self._conversation.tools))

    @remembered
    def tools(self) -> int:
        """Of the offered tools, in whatever order."""
        return key_of(*map(str, sorted(self.tool_keys)))

    @remembered
    def _pieces(self) -> list[list[str]]:
        return [list(_said(message)) for message in self._conversation.messages]

    @remembered
    def exact(self) -> int:
        """Of everything the row trains: messages, system prompt and tools, each character; not of its id and so on."""
        roles = "".join(message.role[0] for message in self._conversation.messages)
        tools = ",".join(map(str, self.tool_keys))
        system = self._conversation.system or ""
        return key_of(roles, tools, system, *(piece for pieces in self._pieces for piece in pieces))

    @remembered
    def prompt_text(self) -> str:
        """All that the user says, normalised."""
        said = (message.text for message in self._conversation.messages if message.role == "user")
        return normal_text(_BORDER.join(said))

    @remembered
    def prompt(self) -> int:
        """Of all that the user says, after normalisation."""
        return key_of(self.prompt_text)

    @remembered
    def dialogue(self) -> str:
        """Every message with its calls, as one text."""
        return _BORDER.join(piece for pieces in self._pieces for piece in pieces)

    @remembered
    def closing(self) -> int:
        """How many characters of the dialogue are its last message."""
        return len(_BORDER.join(self._pieces[-1])) if self._pieces else 0

    @remembered
    def personal(self) -> Counter[Kind]:
        """How often each kind of personal data occurs."""
        said = facts(self._conversation).said
        digits = len(said.encode("utf-8", "replace").translate(None, _OTHER_BYTES))
        if digits < _FEWEST_DIGITS and "@" not in said and "://" not in said and "-" not in said and "_" not in said:
            return Counter()
        return counts_of(self._conversation)


def row_keys(conversation: Conversation) -> RowKeys:
    """The keys of a conversation, remembered for the one asked about last."""
    known, found = _LAST.known
    if known is not conversation:
        found = RowKeys(conversation)
        _LAST.known = (conversation, found)
    return found


class _Last:
    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: tuple[Conversation | None, RowKeys] = (None, RowKeys(Conversation()))


_LAST = _Last()


def tool_key(tool: Tool) -> int:
    """Of a definition, remembered by the tool itself: readers give equal tools as one object."""
    known = _TOOLS.get(id(tool))
    if known is not None:
        return known[1]
    if len(_TOOLS) >= _MOST_TOOLS:
        _TOOLS.clear()
    found = key_of(in_one_spelling(tool.definition or tool.raw))
    _TOOLS[id(tool)] = (tool, found)
    return found


_TOOLS: dict[int, tuple[Tool, int]] = {}


def first_calls(conversation: Conversation) -> tuple[tuple[str, ...], Calls]:
    """What the user says before the first message with calls, and its calls; no calls where there is none."""
    asked: list[str] = []
    for message in conversation.messages:
        if message.role == "user":
            asked.append(message.text)
        elif message.role == "assistant" and message.calls:
            return tuple(asked), message.calls
    return tuple(asked), ()


def in_one_spelling(value: object) -> str:
    """A JSON value with its keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def key_of(*pieces: str) -> int:
    """64 bits of these texts."""
    return xxhash.xxh3_64_intdigest(_BORDER.join(pieces).encode("utf-8", "surrogatepass"))


def _said(message: AnyMessage) -> Iterator[str]:
    match message.role:
        case "assistant":
            if message.thinking:
                yield message.thinking
            yield message.text
            for call in message.calls:
                yield f"{call.name or ''} {call.raw}"
        case "tool":
            yield message.content
        case "malformed":
            yield in_one_spelling([message.tag, message.content])
        case _:
            yield message.text
