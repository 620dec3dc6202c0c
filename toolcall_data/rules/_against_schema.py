"""The calls of a conversation judged against their tools' schemas: once per conversation, for all rules that ask."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, Call, Conversation, Tool
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.schema.validator import Compiled, Violation, ViolationKind, compiled

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool that a row offers under a name no other of its tools has."""

    index: int
    tool: Tool
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Broken:
    """A call that violates the schema of its tool, and how."""

    call: Call
    offered: Offered
    violations: tuple[Violation, ...]


def broken_calls(conversation: Conversation) -> tuple[Broken, ...]:
    """The calls that violate their tool's schema; calls that could not be read and unknown tools are no part of it."""
    last = _Last.judged
    if last is not None and last[0] is conversation:
        return last[1]
    found = tuple(_judge(conversation)) if conversation.tools else ()
    _Last.judged = (conversation, found)
    return found


def has_broken_call(conversation: Conversation) -> bool:
    """Whether a call violates its tool's schema: the guard of the rules that say how."""
    return bool(broken_calls(conversation))


class _Last:
    """The verdict on the conversation judged last: some fifteen rules ask for it one after the other."""

    judged: ClassVar[tuple[Conversation, tuple[Broken, ...]] | None] = None


def _judge(conversation: Conversation) -> Iterator[Broken]:
    offered = offered_tools(conversation)
    for call in conversation.calls:
        tool = offered.get(call.name) if call.name is not None else None
        if tool is None or call.error is not None or not isinstance(call.arguments, dict):
            continue
        if violations := tool.compiled.violations(call.arguments):
            yield Broken(call, tool, violations)


_OFFERED: dict[str, dict[str, Offered]] = {}
_MOST_OFFERED = 4096


def offered_tools(conversation: Conversation) -> dict[str, Offered]:
    """The tools by name, without names that stand for two different tools.

    Remembered by the text of the tools where they are one: sets repeat few tool lists over many rows.
    """
    text = conversation.tools_text
    if text is None:
        return _by_name(conversation.tools)
    if (known := _OFFERED.get(text)) is not None:
        return known
    if len(_OFFERED) >= _MOST_OFFERED:
        _OFFERED.clear()
    result = _OFFERED[text] = _by_name(conversation.tools)
    return result


def _by_name(tools: tuple[Tool, ...]) -> dict[str, Offered]:
    found: dict[str, Offered] = {}
    ambiguous: set[str] = set()
    for index, tool in enumerate(tools):
        name = tool.name
        if name is None:
            continue
        if name in found and found[name].tool.definition != tool.definition:
            ambiguous.add(name)
        found.setdefault(name, Offered(index, tool, compiled_of(tool)))
    return {name: offered for name, offered in found.items() if name not in ambiguous}


def compiled_of(tool: Tool) -> Compiled:
    """A tool's parameters, normalised and compiled."""
    return compiled(tool.parameters, tool.definition.get("required"))


class SchemaRule(Rule):
    """A rule about one kind of violation."""

    looks_at = "calls"
    only_if = staticmethod(has_broken_call)
    kind: ClassVar[ViolationKind]

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for broken in broken_calls(conversation):
            for violation in broken.violations:
                if violation.kind == self.kind:
                    yield self.on_call(
                        conversation,
                        broken.call,
                        self.say(violation, broken),
                        inside=violation.pointer,
                        hint=self.advice(violation, broken),
                        severity=self.how_bad(violation),
                    )

    @abstractmethod
    def say(self, violation: Violation, broken: Broken) -> str:
        """The finding's message."""

    def advice(self, violation: Violation, broken: Broken) -> str:
        """The finding's hint."""
        return ""

    def how_bad(self, violation: Violation) -> Severity:
        """The finding's severity."""
        return self.severity


def place(violation: Violation) -> str:
    """The argument a violation is about, in words: `city`, or `items/0/price` where it lies deeper."""
    names = parts(violation.pointer)
    return f"`{'/'.join(names)}`" if names else "the arguments"


def shown(value: JSON) -> str:
    """A value in a message, shortened."""
    text = encode(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def replaced(value: JSON, at: list[str], new: JSON) -> JSON:
    """The value with another one at a place inside it."""
    if not at:
        return new
    if isinstance(value, list):
        index = int(at[0])
        return [replaced(item, at[1:], new) if position == index else item for position, item in enumerate(value)]
    return {key: replaced(item, at[1:], new) if key == at[0] else item for key, item in value.items()}
