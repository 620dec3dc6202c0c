"""Mending: one rule's fix after another, each kept only where it helps and does no harm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._checker import Checker
from toolcall_data.rules.base import Applicability, Finding, Rule, Severity

SAFE: tuple[Applicability, ...] = ("safe",)
ALL: tuple[Applicability, ...] = ("safe", "unsafe")

_MOST_ROUNDS = 4


class Draft(Protocol):
    """What is mended: a conversation, perhaps with the row that it is written as."""

    @property
    def conversation(self) -> Conversation: ...

    def with_fix(self, fixed: Conversation, findings: Sequence[Finding]) -> Iterable[Self]:
        """The drafts that take over a fix of these findings, the best first; none where it cannot be taken over."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A conversation by itself."""

    conversation: Conversation

    def with_fix(self, fixed: Conversation, findings: Sequence[Finding]) -> Iterable[Plain]:
        return (Plain(fixed),)


Mending = TypeVar("Mending", bound=Draft)


@dataclass(frozen=True, slots=True)
class Step(Generic[Mending]):
    """What the fix of one rule made of a draft; `findings` are those of the rule that it had before."""

    rule: Rule
    applicability: Applicability
    findings: tuple[Finding, ...]
    before: Mending
    after: Mending


@dataclass(frozen=True, slots=True)
class Mended(Generic[Mending]):
    """A draft after all fixes that help, with the findings left. `held_back` names rules whose fix was not kept."""

    draft: Mending
    left: list[Finding]
    steps: tuple[Step[Mending], ...] = ()
    held_back: tuple[str, ...] = ()

    @property
    def fixed_by(self) -> tuple[str, ...]:
        """The names of the rules whose fixes were kept."""
        return tuple(dict.fromkeys(step.rule.name for step in self.steps))


def mend(
    draft: Mending,
    findings: list[Finding],
    checker: Checker,
    wanted: Sequence[Applicability] = SAFE,
    due: Callable[[list[Finding]], list[Finding]] = lambda findings: findings,
) -> Mended[Mending]:
    """Apply the fixes that are wanted, safe ones first, until none helps; `due` says which findings may be fixed.

    A fix is kept only if its rule finds less afterwards and no rule finds more, statistics aside, which find nothing
    wrong. Where it makes a part readable that no rule could judge before (`Rule.reveals`), it may bring warnings to
    light, never errors.
    """
    steps: list[Step[Mending]] = []
    held_back: list[str] = []
    for _ in range(_MOST_ROUNDS):
        before = len(steps)
        held_back = []
        for rule, applicability in _due(due(findings), checker, wanted):
            fixed = _fixed(rule, applicability, draft.conversation)
            if fixed is draft.conversation or fixed == draft.conversation:
                continue
            own = tuple(finding for finding in findings if finding.name == rule.name)
            kept = _kept(draft, fixed, rule, own, findings, checker)
            if kept is None:
                held_back.append(rule.name)
                continue
            after, findings = kept
            steps.append(Step(rule, applicability, own, draft, after))
            draft = after
        if len(steps) == before:
            break
    return Mended(draft, findings, tuple(steps), tuple(dict.fromkeys(held_back)))


def _due(
    findings: list[Finding], checker: Checker, wanted: Sequence[Applicability]
) -> Iterator[tuple[Rule, Applicability]]:
    by_name = {rule.name: rule for rule in checker.rules}
    for applicability in wanted:
        for name in dict.fromkeys(finding.name for finding in findings if finding.fix == applicability):
            yield by_name[name], applicability


def _fixed(rule: Rule, applicability: Applicability, conversation: Conversation) -> Conversation:
    return rule.fix_safely(conversation) if applicability == "safe" else rule.fix(conversation)


def _kept(
    draft: Mending,
    fixed: Conversation,
    rule: Rule,
    own: tuple[Finding, ...],
    findings: list[Finding],
    checker: Checker,
) -> tuple[Mending, list[Finding]] | None:
    """The draft that takes over the fix, with the findings left; None where none does without harm."""
    for candidate in draft.with_fix(fixed, own):
        left = checker.check(candidate.conversation)
        if _helps(rule, findings, left):
            return candidate, left
    return None


def _helps(rule: Rule, before: list[Finding], after: list[Finding]) -> bool:
    old, new = Counter(finding.name for finding in before), Counter(finding.name for finding in after)
    if new[rule.name] >= old[rule.name]:
        return False
    risen = {name for name in new if new[name] > old[name]}
    worst = max((finding.severity for finding in after if finding.name in risen), default=Severity.INFO)
    return worst <= (Severity.WARNING if rule.reveals else Severity.INFO)
