"""What a rule is and what it finds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Literal, Self, TypeAlias

from toolcall_data.conversation.address import span_of
from toolcall_data.conversation.model import JSON, Assistant, Call, Conversation, Message, Problem, Tool
from toolcall_data.target.outcome import Outcome

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
    `verdict` is what the trainer does with the row because of it, where that was asked. `key` names what a finding
    about a set is about, in whatever order the rows stand: empty where the row or the file does.
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
    verdict: Outcome | None = None
    key: str = ""


class Rule(ABC):
    """One rule: its docstring explains it under the headings What it does, Why it matters, Example, What to do.

    `chinese` is the same explanation in Chinese, under its own four headings. Messages and hints are `Prose`, in both
    languages.

    `code` is short and never reused, `name` the dotted name. `looks_at` lets the engine skip conversations without
    such parts; `only_if` is a condition without which the rule cannot find anything, shared with other rules so that it
    is asked once. A rule that looks at tools judges each alone, from its definition, unless it `compares_tools`: then
    it sees the whole list, and how it is written. `requires` names rules that must have found nothing in the
    conversation for this one to be judged.

    A rule `reveals` if what it finds could not be read, so that its fix gives other rules something to judge.
    `good` and `bad` are rows (`Example`); they are the rule's tests and its documentation.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    looks_at: ClassVar[Literal["problems", "messages", "tools", "calls", "dataset", "trainer"]] = "messages"
    requires: ClassVar[frozenset[str]] = frozenset()
    compares_tools: ClassVar[bool] = False
    reveals: ClassVar[bool] = False
    applicability: ClassVar[Applicability | None] = None
    chinese: ClassVar[str] = ""
    good: ClassVar[tuple[Any, ...]]
    bad: ClassVar[tuple[Any, ...]]

    @staticmethod
    def only_if(conversation: Conversation) -> bool:
        """A condition without which the rule cannot find anything."""
        return True

    @abstractmethod
    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """What is wrong in this conversation; nothing where it is fine."""

    def fix(self, conversation: Conversation) -> Conversation:
        """The conversation with every finding of this rule mended that can be; itself where there is nothing to do.

        Only rules with an `applicability` have one. Fixing twice changes nothing more.
        """
        return conversation

    def fix_safely(self, conversation: Conversation) -> Conversation:
        """The conversation with only those findings mended whose fix is safe, for rules that have both kinds."""
        return self.fix(conversation) if self.applicability == "safe" else conversation

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
        applicability: Applicability | None = None,
    ) -> Finding:
        """A finding of this rule at a place; the engine adds the file and row.

        `mends` is False where the rule has a fix that does not help here, `severity` differs from the rule's where
        this case is milder, `applicability` where its fix is of the other kind.
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
            fix=(applicability or self.applicability) if mends else None,
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
        severity: Severity | None = None,
    ) -> Finding:
        """A finding on tool number `index`, or with `inside` (a pointer into its definition) on a part of it."""
        place = f"/{index}{_as_written(conversation.tools[index], inside)}"
        if conversation.tools_text is None:
            return self.found(text, at=conversation.tools_at + place, hint=hint, mends=mends, severity=severity)
        return self.found(
            text,
            at=conversation.tools_at,
            sub=place,
            excerpt=conversation.tools_text,
            hint=hint,
            mends=mends,
            severity=severity,
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


class Tally(ABC):
    """What a dataset rule gathers while rows pass by, and what it finds in them at the end."""

    @abstractmethod
    def add(self, conversation: Conversation) -> None:
        """Take in one readable row."""

    @abstractmethod
    def merge(self, later: Self) -> None:
        """Take in what another tally of the same rule gathered from rows that follow."""

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """What is wrong with the rows as a whole; each finding names its file and, where it has one, its row."""


class DatasetRule(Rule):
    """A rule about the rows of a whole input. `good` and `bad` are sets of rows; `holds` says what stays in memory."""

    looks_at = "dataset"
    holds: ClassVar[str]
    good: ClassVar[tuple[tuple[Example, ...], ...]]
    bad: ClassVar[tuple[tuple[Example, ...], ...]]

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """Nothing: one row says nothing about the set."""
        return iter(())

    def concerns(self, files: Sequence[str]) -> bool:
        """Whether the rule can find anything in an input of these files: asked once, before any row is read."""
        return True

    @abstractmethod
    def tally(self) -> Tally:
        """A new, empty tally; it must bear to be pickled."""


def _beside(place: str) -> str:
    """The place of a call's name, given that of its arguments."""
    above, _, last = place.rpartition("/")
    return f"{above if last in _ARGUMENTS else place}/name"


_ARGUMENTS = frozenset({"arguments", "parameters", "input"})
"""What formats call the arguments of a call."""


def _as_written(tool: Tool, inside: str) -> str:
    """A place below a definition as the row has it, where its format calls the parameters otherwise."""
    usual = tool.parameters_pointer
    if tool.parameters_at and f"{inside}/".startswith(f"{usual}/"):
        return tool.parameters_at + inside.removeprefix(usual)
    return inside


def _written(conversation: Conversation, call: Call) -> str:
    """The whole text that stands at `call.at`: the turn's value, or the call's own arguments string."""
    for message in conversation.messages:
        if isinstance(message, Assistant) and message.written is not None and message.value_at == call.at:
            return message.written
    return call.raw
