"""Running rules over conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import Finding, Rule


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
        self._guards = tuple(dict.fromkeys(rule.only_if for rule in self._rest if rule.only_if is not Rule.only_if))
        self._plans: dict[tuple[bool, ...], tuple[Rule, ...]] = {}
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
            for rule in self._worth_running(conversation):
                _run(rule, conversation, found, names)
        if not found:
            return found
        origin, row_id = conversation.origin, conversation.id
        return [
            replace(finding, file=origin.path, row=origin.row, line=origin.line, id=row_id)
            for finding in sorted(found, key=lambda finding: finding.code)
        ]

    def _worth_running(self, conversation: Conversation) -> tuple[Rule, ...]:
        """The rules whose guards hold, in the order of their codes; each guard is asked once."""
        answers = (bool(conversation.calls), *[guard(conversation) for guard in self._guards])
        plan = self._plans.get(answers)
        if plan is None:
            holds = dict(zip(self._guards, answers[1:], strict=True)) | {Rule.only_if: True}
            plan = self._plans[answers] = tuple(
                rule for rule in self._rest if (answers[0] or rule.looks_at == "messages") and holds[rule.only_if]
            )
        return plan

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
