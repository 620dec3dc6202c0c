"""The calls of a conversation judged against their tools' schemas: once per conversation, for all rules that ask."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import JSON, Call, Conversation, Tool
from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_calls
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
    return _judged(conversation).broken


def has_broken_call(conversation: Conversation) -> bool:
    """Whether a call violates its tool's schema: the guard of the rules that say how."""
    return bool(broken_calls(conversation))


def calls_unoffered_tool(conversation: Conversation) -> bool:
    """Whether a call names no tool of the row, or one of a name that two different tools have."""
    return _judged(conversation).is_astray


@dataclass(frozen=True, slots=True)
class _Judged:
    """The broken calls of a conversation, and whether a call names a tool that could not be found."""

    broken: tuple[Broken, ...] = ()
    is_astray: bool = False


class _Last:
    """The verdict on the conversation judged last: some fifteen rules ask for it one after the other."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: tuple[Conversation | None, _Judged] = (None, _Judged())


_LAST = _Last()
_SOUND = _Judged()


def _judged(conversation: Conversation) -> _Judged:
    known, found = _LAST.known
    if known is not conversation:
        found = _judge(conversation) if conversation.tools else _SOUND
        _LAST.known = (conversation, found)
    return found


def _judge(conversation: Conversation) -> _Judged:
    offered = offered_tools(conversation)
    broken: list[Broken] = []
    is_astray = False
    for call in conversation.calls:
        if call.name is None:
            continue
        tool = offered.get(call.name)
        if tool is None:
            is_astray = True
        elif call.error is not None or not isinstance(call.arguments, dict):
            continue
        elif violations := tool.compiled.violations(call.arguments):
            broken.append(Broken(call, tool, violations))
    return _Judged(tuple(broken), is_astray) if broken or is_astray else _SOUND


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
    """A tool's parameters, normalised and compiled; remembered by the tool itself, which many rules ask about."""
    known = _COMPILED.get(id(tool))
    if known is not None:
        return known[1]
    if len(_COMPILED) >= _MOST_OFFERED:
        _COMPILED.clear()
    found = compiled(tool.parameters, tool.definition.get("required"))
    _COMPILED[id(tool)] = (tool, found)
    return found


_COMPILED: dict[int, tuple[Tool, Compiled]] = {}
"""By identity; each entry keeps its tool alive, so that no other can take its place."""


class SchemaRule(Rule):
    """A rule about one kind of violation."""

    looks_at = "calls"
    only_if = staticmethod(has_broken_call)
    kind: ClassVar[ViolationKind]

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for broken in broken_calls(conversation):
            for violation in broken.violations:
                if self.judges(violation, broken):
                    yield self.on_call(
                        conversation,
                        broken.call,
                        self.say(violation, broken),
                        inside=violation.pointer,
                        hint=self.advice(violation, broken),
                        mends=self.mends(violation, broken),
                        severity=self.how_bad(violation),
                    )

    def judges(self, violation: Violation, broken: Broken) -> bool:
        """Whether the violation is one that this rule speaks of."""
        return violation.kind == self.kind

    @abstractmethod
    def say(self, violation: Violation, broken: Broken) -> str:
        """The finding's message."""

    def advice(self, violation: Violation, broken: Broken) -> str:
        """The finding's hint."""
        return ""

    def mends(self, violation: Violation, broken: Broken) -> bool:
        """Whether the rule's fix helps here, for rules that have one."""
        return True

    def how_bad(self, violation: Violation) -> Severity:
        """The finding's severity."""
        return self.severity


class AmendingRule(SchemaRule):
    """A rule whose fix changes the arguments, one violation after another."""

    @abstractmethod
    def amended(self, arguments: JSON, violation: Violation, broken: Broken) -> JSON:
        """The arguments without this violation; themselves where nothing can be done."""

    def mends(self, violation: Violation, broken: Broken) -> bool:
        arguments = broken.call.arguments
        return self.amended(arguments, violation, broken) is not arguments

    def fix(self, conversation: Conversation) -> Conversation:
        broken = {id(found.call): found for found in broken_calls(conversation)}
        if not broken:
            return conversation
        return with_calls(
            conversation, lambda call: self._mended(call, broken[id(call)]) if id(call) in broken else call
        )

    def _mended(self, call: Call, broken: Broken) -> Call:
        arguments = call.arguments
        for violation in broken.violations:
            if self.judges(violation, broken):
                arguments = self.amended(arguments, violation, broken)
        return call if arguments is call.arguments else call.model_copy(update={"arguments": arguments})


class RespeltRule(AmendingRule):
    """A rule about values that are right but spelt wrong; its fix spells them as the tool declares them."""

    applicability = "safe"

    @abstractmethod
    def respelt(self, violation: Violation) -> JSON:
        """The value as the tool declares it."""

    def mends(self, violation: Violation, broken: Broken) -> bool:
        return True

    def amended(self, arguments: JSON, violation: Violation, broken: Broken) -> JSON:
        return replaced(arguments, parts(violation.pointer), self.respelt(violation))


def place(violation: Violation) -> Prose:
    """The argument a violation is about, in words: `city`, or `items/0/price` where it lies deeper."""
    names = parts(violation.pointer)
    written = f"`{'/'.join(names)}`"
    return Prose(written, written) if names else Prose("the arguments", "参数整体")


_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_cjk(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean characters."""
    return _CJK.search(text) is not None


def is_translated_key(violation: Violation, broken: Broken) -> bool:
    """Whether an undeclared argument has a CJK name while its tool declares none."""
    if not is_cjk(parts(violation.pointer)[-1]):
        return False
    declared = broken.offered.compiled.schema.get("properties")
    return isinstance(declared, dict) and bool(declared) and not any(map(is_cjk, declared))


KINDS = {
    "object": "对象",
    "array": "列表",
    "string": "字符串",
    "boolean": "布尔值",
    "integer": "整数",
    "number": "数字",
    "null": "null",
}
"""What the JSON types are called in Chinese."""


def kind(value: JSON) -> Prose:
    """The JSON type of a value, in words."""
    word = kind_of(value)
    return Prose(word, KINDS.get(word, word))


def perhaps(name: str, valid: Iterable[str]) -> str:
    """The hint that names the nearest valid name, empty where none is near."""
    found = nearest(name, valid)
    return Prose(f"did you mean `{found[0]}`?", f"是不是 `{found[0]}`？") if found else ""


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


def removed(value: JSON, at: list[str]) -> JSON:
    """The value without the key at a place inside it."""
    key, *below = at
    if isinstance(value, list):
        index = int(key)
        return [removed(item, below) if position == index else item for position, item in enumerate(value)]
    if not below:
        return {name: item for name, item in value.items() if name != key}
    return {name: removed(item, below) if name == key else item for name, item in value.items()}
