"""What a rule is, what it finds, and how rules are found, chosen and run over a conversation."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from toolcall_data.catalogue import classes
from toolcall_data.conversation.address import span_of
from toolcall_data.conversation.model import JSON, Assistant, Call, Conversation, Message, Problem
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean

Applicability: TypeAlias = Literal["safe", "unsafe"]
"""Whether a fix keeps the meaning (`safe`) or needs a person's eye (`unsafe`)."""

Example: TypeAlias = dict[str, JSON] | str
"""A row in sharegpt shape or of OpenAI messages, or a line of text where the line itself is what the rule is about;
bytes that are no UTF-8 stand in it as surrogates (`surrogateescape`)."""


class Severity(IntEnum):
    """How bad a finding is: an error trains something wrong or stops the job, a warning wants a look."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found.

    `pointer` is the JSON pointer into the row, `sub` the one inside the JSON text found there (None where the value
    is no JSON text). `excerpt` is that text and `span` the characters of it the finding is about. `row` counts from
    0, `line` from 1. `fix` says whether the rule's fix would be safe here, None where it has none.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str = ""
    pointer: str = ""
    sub: str | None = None
    excerpt: str = ""
    span: tuple[int, int] | None = None
    fix: Applicability | None = None
    file: str = ""
    row: int | None = None
    line: int | None = None
    id: str | None = None


class Rule(ABC):
    """One rule: its docstring explains it under the headings What it does, Why it matters, Example, What to do.

    `code` is short and never reused, `name` the dotted name. `looks_at` lets the engine skip conversations without
    such parts. `requires` names rules that must have found nothing in the conversation for this one to be judged.
    `good` and `bad` are rows; they are the rule's tests and its documentation.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    looks_at: ClassVar[Literal["problems", "messages", "tools", "calls"]] = "messages"
    requires: ClassVar[frozenset[str]] = frozenset()
    applicability: ClassVar[Applicability | None] = None
    good: ClassVar[tuple[Example, ...]]
    bad: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """What is wrong in this conversation; nothing where it is fine."""

    def fix(self, conversation: Conversation) -> Conversation:
        """The conversation with every finding of this rule mended that can be; itself where there is nothing to do.

        Only rules with an `applicability` have one. Fixing twice changes nothing more.
        """
        return conversation

    def found(
        self,
        message: str,
        *,
        at: str = "",
        sub: str | None = None,
        excerpt: str = "",
        hint: str = "",
        mends: bool = True,
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of this rule at a place; the engine adds the file and row.

        `mends` is False where the rule has a fix that does not help here, `severity` differs from the rule's where
        this case is milder.
        """
        return Finding(
            code=self.code,
            name=self.name,
            severity=self.severity if severity is None else severity,
            message=message,
            hint=hint,
            pointer=at,
            sub=sub,
            excerpt=excerpt,
            span=span_of(excerpt, sub) if sub and excerpt else None,
            fix=self.applicability if mends else None,
        )

    def on_message(
        self,
        message: Message,
        text: str,
        *,
        excerpt: str = "",
        hint: str = "",
        role: bool = False,
        mends: bool = True,
    ) -> Finding:
        """A finding on a message: on its text, or with `role` on the message as a whole."""
        at = message.at if role else message.value_at
        return self.found(text, at=at, excerpt=excerpt, hint=hint, mends=mends)

    def on_call(
        self,
        conversation: Conversation,
        call: Call,
        text: str,
        *,
        inside: str = "",
        hint: str = "",
        mends: bool = True,
        severity: Severity | None = None,
        on_name: bool = False,
    ) -> Finding:
        """A finding on a call's arguments, with `inside` (a pointer into them) on one argument, or on its name."""
        at, sub = call.at, call.sub + inside
        if on_name:
            at, sub = (at, _beside(sub)) if sub else (_beside(at), sub)
        return self.found(
            text,
            at=at,
            sub=sub,
            excerpt=_written(conversation, call),
            hint=hint,
            mends=mends,
            severity=severity,
        )

    def on_tool(
        self,
        conversation: Conversation,
        index: int,
        text: str,
        *,
        inside: str = "",
        hint: str = "",
        mends: bool = True,
    ) -> Finding:
        """A finding on tool number `index`, or with `inside` (a pointer into its definition) on a part of it."""
        place = f"/{index}{inside}"
        if conversation.tools_text is None:
            return self.found(text, at=conversation.tools_at + place, hint=hint, mends=mends)
        return self.found(
            text, at=conversation.tools_at, sub=place, excerpt=conversation.tools_text, hint=hint, mends=mends
        )


class ProblemRule(Rule):
    """A rule about the row's shape: the reader met the fault, the rule names it."""

    looks_at = "problems"

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for problem in conversation.problems:
            if problem.kind == self.name:
                excerpt = problem.value if isinstance(problem.value, str) else ""
                yield self.found(
                    self.say(problem),
                    at=problem.at,
                    excerpt=excerpt,
                    hint=self.advice(problem),
                    mends=self.mends(problem),
                )

    def say(self, problem: Problem) -> str:
        """The finding's message."""
        return problem.detail

    def advice(self, problem: Problem) -> str:
        """The finding's hint."""
        return ""

    def mends(self, problem: Problem) -> bool:
        """Whether the rule's fix helps here, for rules that have one."""
        return True


def _beside(place: str) -> str:
    """The place of a call's name, given that of its arguments."""
    return f"{place.removesuffix('/arguments')}/name"


def _written(conversation: Conversation, call: Call) -> str:
    """The whole text that stands at `call.at`: the turn's value, or the call's own arguments string."""
    for message in conversation.messages:
        if isinstance(message, Assistant) and message.written is not None and message.value_at == call.at:
            return message.written
    return call.raw


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by code.

    Raises:
        LookupError: two rules share a code or a name, or one requires a rule that does not exist.
    """
    found = sorted((rule() for rule in classes("toolcall_data.rules", Rule) if not inspect.isabstract(rule)), key=_code)  # type: ignore[type-abstract]
    for key in (_code, _name):
        seen = [key(rule) for rule in found]
        if len(set(seen)) != len(seen):
            raise LookupError(f"two rules share {sorted({name for name in seen if seen.count(name) > 1})}")
    names = {rule.name for rule in found}
    if unknown := {required for rule in found for required in rule.requires} - names:
        raise LookupError(f"rules require {sorted(unknown)}, which do not exist")
    return tuple(found)


def _code(rule: Rule) -> str:
    return rule.code


def _name(rule: Rule) -> str:
    return rule.name


def rule_named(name: str) -> Rule:
    """The rule with this code or name, in any case.

    Raises:
        UsageError: there is none.
    """
    for rule in rules():
        if name.lower() in (rule.code.lower(), rule.name):
            return rule
    names = [name for rule in rules() for name in (rule.name, rule.code)]
    raise UsageError(f"no rule named `{name}`", hint=did_you_mean(name, names) or "`tcdata rules` lists them")


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that `select` names, less those that `ignore` names; no `select` means all.

    A name is a code, a dotted name, a prefix (`TC4`, `call`) or a glob (`call.*`).

    Raises:
        UsageError: a name fits no rule.
    """
    wanted = _fitting(select) if (select := list(select)) else set(rules())
    return tuple(rule for rule in rules() if rule in wanted and rule not in _fitting(ignore))


def _fitting(names: Iterable[str]) -> set[Rule]:
    found: set[Rule] = set()
    for name in names:
        fitting = {rule for rule in rules() if _fits(rule, name.strip())}
        if not fitting:
            rule_named(name)
        found |= fitting
    return found


def _fits(rule: Rule, name: str) -> bool:
    return (
        rule.code.lower() == name.lower()
        or rule.name == name
        or rule.name.startswith(f"{name}.")
        or (name.upper().startswith("TC") and rule.code.startswith(name.upper()))
        or fnmatchcase(rule.name, name)
    )


class Checker:
    """Runs rules over conversations, one at a time.

    Findings on tools are remembered by the tools' text: sets repeat few tool lists over many rows.
    """

    def __init__(self, wanted: Iterable[Rule] | None = None) -> None:
        wanted = tuple(rules() if wanted is None else wanted)
        self.rules = wanted
        self._problems = [rule for rule in wanted if rule.looks_at == "problems"]
        self._tools = [rule for rule in wanted if rule.looks_at == "tools"]
        self._rest = [rule for rule in wanted if rule.looks_at in ("messages", "calls")]
        self._tool_findings: dict[str, tuple[Finding, ...]] = {}

    def check(self, conversation: Conversation) -> list[Finding]:
        """The findings of one conversation, in the order of the rules' codes, with its place filled in."""
        found: list[Finding] = []
        names: set[str] = set()
        if conversation.problems:
            for rule in self._problems:
                _run(rule, conversation, found, names)
        if conversation.is_readable:
            if conversation.tools:
                tool_findings = self._check_tools(conversation)
                found += tool_findings
                names |= {finding.name for finding in tool_findings}
            has_calls = bool(conversation.calls)
            for rule in self._rest:
                if has_calls or rule.looks_at == "messages":
                    _run(rule, conversation, found, names)
        if not found:
            return found
        origin, row_id = conversation.origin, conversation.id
        return [
            replace(finding, file=origin.path, row=origin.row, line=origin.line, id=row_id)
            for finding in sorted(found, key=lambda finding: finding.code)
        ]

    def _check_tools(self, conversation: Conversation) -> tuple[Finding, ...]:
        text = conversation.tools_text
        if text is not None and (known := self._tool_findings.get(text)) is not None:
            return known
        found: list[Finding] = []
        names: set[str] = set()
        for rule in self._tools:
            _run(rule, conversation, found, names)
        result = tuple(found)
        if text is not None:
            if len(self._tool_findings) >= _MOST_REMEMBERED:
                self._tool_findings.clear()
            self._tool_findings[text] = result
        return result


_MOST_REMEMBERED = 4096


def _run(rule: Rule, conversation: Conversation, found: list[Finding], names: set[str]) -> None:
    if rule.requires and not rule.requires.isdisjoint(names):
        return
    before = len(found)
    found += rule.check(conversation)
    if len(found) > before:
        names.add(rule.name)


@dataclass(frozen=True)
class Explanation:
    """A rule's docstring, parted at its headings; `what` is the first sentence."""

    what: str
    sections: dict[str, str]


def explanation(rule: Rule) -> Explanation:
    """What the docstring of a rule says, under its headings."""
    text = inspect.getdoc(rule) or ""
    pieces = re.split(r"^(What it does|Why it matters|Example|What to do):[ \t]*\n?", text, flags=re.MULTILINE)
    sections = {
        heading: inspect.cleandoc(body).strip() for heading, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    return Explanation(pieces[0].strip(), sections)
