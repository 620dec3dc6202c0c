"""Check: every rule on every conversation, safe fixes, and what the recipe says to do with the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import UsageError
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._mending import Plain, mend
from toolcall_data.rules._registry import chosen
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.settings import Settings

Policy = Literal["drop", "keep", "fail"]
Verdict = Literal["kept", "fixed", "dropped", "unreadable"]


class CheckSettings(Settings):
    """What to do with a conversation that a rule complains of, by the worst finding left after fixes."""

    error: Policy = "drop"
    """Conversations with errors: `drop` them into dropped.jsonl, `keep` them, or `fail` the run at the first."""
    warning: Policy = "keep"
    """Conversations with warnings and no error."""
    info: Policy = "keep"
    """Conversations with nothing worse than remarks."""
    fix: Literal["none", "safe"] = "safe"
    """`safe` applies the fixes that keep the meaning before judging; a row they help is counted as fixed."""
    select: list[str] = []
    """Rules to run, by code, name, prefix or glob; none means all."""
    ignore: list[str] = []
    """Rules not to run."""

    def rules(self) -> tuple[Rule, ...]:
        """The rules that are run.

        Raises:
            UsageError: a name fits no rule.
        """
        return chosen(self.select, self.ignore)

    def policy_for(self, severity: Severity) -> Policy:
        return {Severity.ERROR: self.error, Severity.WARNING: self.warning, Severity.INFO: self.info}[severity]


Carried = TypeVar("Carried")


@dataclass(frozen=True)
class Checked(Generic[Carried]):
    """A conversation after the check: `findings` are those left, `fixed_by` names the rules that mended it.

    `carried` is whatever came with the conversation (its source).
    """

    carried: Carried
    conversation: Conversation
    verdict: Verdict
    findings: tuple[Finding, ...]
    fixed_by: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The name of the first of the worst findings."""
        worst = max(self.findings, key=lambda finding: finding.severity)
        return worst.name


def check(conversations: Iterable[tuple[Carried, Conversation]], settings: CheckSettings) -> Iterator[Checked[Carried]]:
    """Judge conversations one at a time, in order.

    Raises:
        UsageError: the policy says `fail` and a conversation has such a finding.
    """
    checker = Checker(settings.rules())
    for carried, conversation in conversations:
        yield _judge(carried, conversation, checker, settings)


def _judge(carried: Carried, conversation: Conversation, checker: Checker, settings: CheckSettings) -> Checked[Carried]:
    findings = checker.check(conversation)
    if not conversation.is_readable:
        return Checked(carried, conversation, "unreadable", tuple(findings))
    fixed_by: tuple[str, ...] = ()
    if findings and settings.fix == "safe":
        mended = mend(Plain(conversation), findings, checker)
        conversation, findings, fixed_by = mended.draft.conversation, mended.left, mended.fixed_by
    if findings:
        worst = max(finding.severity for finding in findings)
        policy = settings.policy_for(worst)
        if policy == "fail":
            _fail(findings, worst)
        if policy == "drop":
            return Checked(carried, conversation, "dropped", tuple(findings), fixed_by)
    return Checked(carried, conversation, "fixed" if fixed_by else "kept", tuple(findings), fixed_by)


def _fail(findings: list[Finding], worst: Severity) -> None:
    first = next(finding for finding in findings if finding.severity == worst)
    place = f"{first.file}:{first.line}" if first.line else f"{first.file}, row {first.row}"
    raise UsageError(
        f"{first.name}: {first.message}",
        place=place,
        hint=f"the recipe says `check.{worst.word}: fail`; `tcdata validate` lists all findings",
    )
