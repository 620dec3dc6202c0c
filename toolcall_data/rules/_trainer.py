"""What LLaMA-Factory does with a row, as findings: said beside the finding that names the cause, or by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.conversation.steps import results_merged
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.prose import Prose
from toolcall_data.rules._lengths import estimated_tokens
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.target.outcome import TRAINS, Kind, Outcome, alters
from toolcall_data.target.plain import is_plain
from toolcall_data.target.registration import SHAREGPT, Registration, readable_by_llamafactory, registration_for
from toolcall_data.target.templates import USUAL, Target, Template
from toolcall_data.target.verdict import verdict

_WRITER = ShareGPT()
_OPTIONAL = frozenset({"system", "tools", "input", "history"})
_UNDER_CONVERSATIONS = registration_for("sharegpt", _OPTIONAL | {"conversations"})
_UNDER_MESSAGES = registration_for("sharegpt", _OPTIONAL | {"messages"})
_ALPACA = registration_for("alpaca", _OPTIONAL)


class TrainerRule(Rule):
    """A rule about one kind of outcome. `bad` are rows with which LLaMA-Factory does so under `template`."""

    looks_at = "trainer"
    kind: ClassVar[Kind]
    template: ClassVar[str] = USUAL

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """Nothing: the row as it is written must be seen, not only what it holds."""
        return iter(())

    def finding(self, outcome: Outcome, template: Template) -> Finding:
        """The finding that an outcome makes."""
        text = self.say(outcome.cause, template.name)
        return replace(self.found(text, at=outcome.at, hint=self.advice(outcome)), verdict=outcome)

    @abstractmethod
    def say(self, cause: Prose, template: str) -> Prose:
        """The finding's message."""

    def advice(self, outcome: Outcome) -> Prose:
        """The finding's hint: what is trained instead, or the error that is shown."""
        if outcome.trained:
            zh = outcome.trained.zh if isinstance(outcome.trained, Prose) else outcome.trained
            return Prose(f"trained instead: {outcome.trained}", f"实际训练的是：{zh}")
        return Prose(f"it ends with {outcome.error}", f"报错退出：{outcome.error}") if outcome.error else Prose("", "")


class SpecialRule(TrainerRule):
    """A rule about outcomes with one cause: it speaks instead of the rule about all outcomes of the kind."""

    @abstractmethod
    def claims(self, outcome: Outcome, conversation: Conversation) -> bool:
        """Whether an outcome of its kind has the rule's cause."""


class Trainer:
    """LLaMA-Factory under one template, asked row by row."""

    def __init__(self, target: Target, rules: Iterable[Rule]) -> None:
        self.template = target.template
        self.cutoff_len = target.cutoff_len
        known = [rule for rule in rules if isinstance(rule, TrainerRule)]
        self._special = [rule for rule in known if isinstance(rule, SpecialRule)]
        self._rules = {rule.kind: rule for rule in known if not isinstance(rule, SpecialRule)}

    def outcome(self, row: JSON, conversation: Conversation, registration: Registration | None) -> Outcome:
        """What becomes of a row that was read; without a registration, under the one that tcdata would make.

        A row of a format that LLaMA-Factory does not read is judged as the sharegpt row that tcdata writes of it.
        """
        found = self._uncut(row, conversation, registration)
        if self.cutoff_len is None or found.kind != "trains":
            return found
        tokens = estimated_tokens(conversation, more_than=self.cutoff_len)
        return _cut(tokens, self.cutoff_len) if tokens > _SURELY * self.cutoff_len else found

    def _uncut(self, row: JSON, conversation: Conversation, registration: Registration | None) -> Outcome:
        if registration is not None:
            return self._verdict(row, conversation, registration)
        name = conversation.origin.format
        if not readable_by_llamafactory(name):
            return self._converted(conversation)
        if name == "alpaca":
            return self._verdict(row, conversation, _ALPACA)
        is_under_messages = isinstance(row, dict) and "conversations" not in row and "messages" in row
        return self._verdict(row, conversation, _UNDER_MESSAGES if is_under_messages else _UNDER_CONVERSATIONS)

    def _verdict(self, row: JSON, conversation: Conversation, registration: Registration) -> Outcome:
        if isinstance(row, dict) and is_plain(conversation, row, registration, self.template):
            return TRAINS
        return verdict(row, registration, self.template)

    def _converted(self, conversation: Conversation) -> Outcome:
        if conversation.problems or conversation.tools_only:
            return TRAINS
        merged = results_merged(conversation)
        found = verdict(_WRITER.write(merged.model_copy(update={"extra": {}})), SHAREGPT, self.template)
        return replace(found, at="")

    def told(self, findings: list[Finding], outcome: Outcome, conversation: Conversation) -> list[Finding]:
        """The findings of a row with its outcome: beside an error about that place, else as a finding of its own."""
        for number, finding in enumerate(findings):
            if finding.severity is Severity.ERROR and _is_about(finding, outcome):
                return [*findings[:number], replace(finding, verdict=outcome), *findings[number + 1 :]]
        special = (rule for rule in self._special if rule.kind == outcome.kind and rule.claims(outcome, conversation))
        rule = next(special, self._rules.get(outcome.kind))
        return findings if rule is None else [*findings, rule.finding(outcome, self.template)]


_SURELY = 1.3
"""How far the estimated tokens must exceed the cutoff: estimates by characters err by a fifth."""


def _cut(tokens: int, cutoff_len: int) -> Outcome:
    """LLaMA-Factory 0.9.5 cuts the end of each turn's prompt, and later turns whole (data/processor/supervised.py)."""
    return alters(
        Prose(
            f"about {tokens} tokens (estimated by characters), and the cutoff is {cutoff_len}",
            f"约 {tokens} 个 token（按字符估算），而截断长度是 {cutoff_len}",
        ),
        Prose(
            "a row whose prompts have lost their ends, or whose later turns are gone",
            "提示的末尾被截掉、或后面的轮次丢失的一行",
        ),
    )


def _is_about(finding: Finding, outcome: Outcome) -> bool:
    """Whether a finding is about the place that decides the outcome."""
    return (
        not outcome.at
        or not finding.pointer
        or _holds(finding.pointer, outcome.at)
        or _holds(outcome.at, finding.pointer)
    )


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")
