"""What rows are compared by: 64-bit hashes and texts of one row, computed when asked for and once."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TypeAlias

import orjson
import xxhash

from toolcall_data.conversation.fingerprint import normal_text
from toolcall_data.conversation.model import Call, Conversation, Tool, remembered
from toolcall_data.rules._guards import facts
from toolcall_data.rules._once import once
from toolcall_data.rules._personal_data import Kind, personal_data

_BORDER = "\x1e"
_MOST_TOOLS, _MOST_LISTS = 4096, 256

Calls: TypeAlias = tuple[Call, ...]
_normal_system = lru_cache(maxsize=256)(normal_text)


class RowKeys:
    """The keys of a conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    @property
    def tool_keys(self) -> tuple[int, ...]:
        """A key for each tool, equal where the definitions are, key order aside."""
        return self._offered[0]

    @property
    def tools(self) -> int:
        """Of the offered tools, in whatever order."""
        return self._offered[1]

    @remembered
    def _offered(self) -> _KeysOfTools:
        return _keys_of_tools(self._conversation.tools)

    @remembered
    def _pieces(self) -> tuple[str, list[str], int]:
        """The first letters of the roles, what the messages say, and where the last message begins in it."""
        roles: list[str] = []
        said: list[str] = []
        last = 0
        for message in self._conversation.messages:
            role = message.role
            roles.append(role[0])
            last = len(said)
            if message.role == "assistant":
                if message.thinking:
                    said.append(message.thinking)
                said.append(message.text)
                said += [f"{call.name or ''} {call.raw}" for call in message.calls]
            elif message.role == "tool":
                said.append(message.content)
            elif message.role == "malformed":
                said.append(json.dumps([message.tag, message.content], ensure_ascii=False, sort_keys=True))
            else:
                said.append(message.text)
        return "".join(roles), said, last

    @remembered
    def exact(self) -> int:
        """Of everything the row trains: messages, system prompt and tools, each character; not of its id and so on."""
        return key_of(self._pieces[0], self._offered[2], self._conversation.system or "", self.dialogue)

    @property
    def says_anything(self) -> bool:
        """Whether any message could be read; rows without one are alike in their fault, and no copies."""
        return bool(self._pieces[0].strip("m"))

    @remembered
    def asked(self) -> tuple[str, ...]:
        """What the user says, each message normalised."""
        return tuple([normal_text(message.text) for message in self._conversation.messages if message.role == "user"])

    @property
    def prompt_text(self) -> str:
        """All that the user says, normalised."""
        return "".join(self.asked)

    @remembered
    def prompt(self) -> int:
        """Of all that the user says, after normalisation."""
        return key_of(self.prompt_text)

    @property
    def system_text(self) -> str:
        """The system prompt, normalised."""
        return _normal_system(self._conversation.system or "")

    @remembered
    def dialogue(self) -> str:
        """Every message with its calls, as one text."""
        return _BORDER.join(self._pieces[1])

    @property
    def closing(self) -> int:
        """How many characters of the dialogue are its last message."""
        _, said, last = self._pieces
        return len(_BORDER.join(said[last:]))

    @remembered
    def personal(self) -> frozenset[Kind]:
        """The kinds of personal data that occur."""
        return frozenset([found.kind for found in personal_data(facts(self._conversation).said)])


row_keys = once(RowKeys)
"""The keys of a conversation."""


_KeysOfTools: TypeAlias = tuple[tuple[int, ...], int, str]
"""The key of each tool, one of them all in whatever order, and those of each as a text."""


def _keys_of_tools(tools: tuple[Tool, ...]) -> _KeysOfTools:
    """Remembered by the list itself: readers give equal lists as one."""
    known = _LISTS.get(id(tools))
    if known is not None:
        return known[1]
    if len(_LISTS) >= _MOST_LISTS:
        _LISTS.clear()
    each = tuple(map(tool_key, tools))
    found = each, key_of(*map(str, sorted(each))), ",".join(map(str, each))
    _LISTS[id(tools)] = (tools, found)
    return found


_LISTS: dict[int, tuple[tuple[Tool, ...], _KeysOfTools]] = {}


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


def first_calls(conversation: Conversation) -> tuple[int, Calls]:
    """How many messages of the user come before the first one with calls, and its calls; no calls where none is."""
    asked = 0
    for message in conversation.messages:
        if message.role == "user":
            asked += 1
        elif message.role == "assistant" and message.calls:
            return asked, message.calls
    return asked, ()


def in_one_spelling(value: object) -> str:
    """A JSON value with its keys in order; equal values have equal spellings, and no others."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        text = b"null"
    # What is no number becomes null here as well: Python's encoder tells them apart.
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if b"null" in text else text.decode()


def key_of(*pieces: str) -> int:
    """64 bits of these texts."""
    return xxhash.xxh3_64_intdigest(_BORDER.join(pieces).encode("utf-8", "surrogatepass"))
