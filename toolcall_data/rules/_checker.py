"""Running rules over conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any

from toolcall_data.conversation.model import Conversation, Tool, unchecked
from toolcall_data.rules._guards import Fact, Holds, OfTools, Screens, facts
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import Finding, Rule

_conversation = unchecked(Conversation)


class Checker:
    """Runs rules over conversations, one at a time.

    Findings on tools are remembered by the tools' text, since sets repeat few tool lists over many rows; and for each
    tool it is remembered whether it is sound, since lists that are all different repeat tools.
    """

    def __init__(self, wanted: Iterable[Rule] | None = None) -> None:
        wanted = tuple(rules() if wanted is None else wanted)
        self.rules = wanted
        self._problems = [rule for rule in wanted if rule.looks_at == "problems"]
        self._tools = [rule for rule in wanted if rule.looks_at == "tools"]
        self._rest = [rule for rule in wanted if rule.looks_at in ("messages", "calls")]
        guards = tuple(dict.fromkeys(rule.only_if for rule in self._rest if rule.only_if is not Rule.only_if))
        facts_ = tuple(guard for guard in guards if isinstance(guard, Fact))
        holds = tuple(guard for guard in guards if isinstance(guard, Holds))
        of_tools = tuple(guard for guard in guards if isinstance(guard, OfTools))
        self.guards = tuple(guard for guard in guards if not isinstance(guard, Fact | Holds | OfTools))
        self._in_order = (*facts_, *holds, *self.guards, *of_tools)
        # Two names at least: with one, attrgetter would give a value and no tuple.
        self._flags = attrgetter("has_calls", "has_result", *[fact.name for fact in facts_])
        self._screens = Screens(holds)
        self._tool_guards = of_tools
        self._tool_answers: dict[int, tuple[Conversation, tuple[bool, ...]]] = {}
        self._plans: dict[tuple[bool, ...], tuple[Rule, ...]] = {}
        self._comparing = [rule for rule in self._tools if rule.compares_tools]
        self._single = [rule for rule in self._tools if not rule.compares_tools]
        self._sound: dict[int, tuple[Tool, bool]] = {}
        self._tool_findings: dict[str, tuple[Finding, ...]] = {}

    def check(self, conversation: Conversation) -> list[Finding]:
        """The findings of one conversation, in the order of the rules' codes, with its place filled in."""
        found: list[Finding] = []
        names: set[str] = set()
        if conversation.problems:
            for rule in self._problems:
                _run(rule, conversation, found, names)
        if not conversation.problems or conversation.is_readable:
            if conversation.tools:
                tool_findings = self.check_tools(conversation)
                found += tool_findings
                names |= {finding.name for finding in tool_findings}
            for rule in self.worth_running(conversation):
                _run(rule, conversation, found, names)
        return placed(found, conversation) if found else found

    def worth_running(self, conversation: Conversation) -> tuple[Rule, ...]:
        """The rules whose guards hold, in the order of their codes; each guard is asked once."""
        shown = facts(conversation)
        flags: tuple[bool, ...] = self._flags(shown)
        answers = (
            *flags,
            *self._screens.among(shown),
            *[guard(conversation) for guard in self.guards],
            *self._answers_of_tools(conversation),
        )
        plan = self._plans.get(answers)
        if plan is None:
            plan = self._plans[answers] = self._plan(answers)
        return plan

    def _plan(self, answers: tuple[bool, ...]) -> tuple[Rule, ...]:
        has_calls, _, *rest = answers
        holds: dict[Any, bool] = dict(zip(self._in_order, rest, strict=True))
        return tuple(
            rule for rule in self._rest if (has_calls or rule.looks_at == "messages") and holds.get(rule.only_if, True)
        )

    def _answers_of_tools(self, conversation: Conversation) -> tuple[bool, ...]:
        """What the guards say that the tools alone decide; readers give equal lists of tools as one object."""
        known = self._tool_answers.get(id(conversation.tools))
        if known is not None and known[0].tools_text == conversation.tools_text:
            return known[1]
        if len(self._tool_answers) >= _MOST_REMEMBERED:
            self._tool_answers.clear()
        alone = _conversation(tools=conversation.tools, tools_text=conversation.tools_text)
        found = tuple([guard.ask(alone) for guard in self._tool_guards])
        self._tool_answers[id(conversation.tools)] = (alone, found)
        return found

    def check_tools(self, conversation: Conversation) -> tuple[Finding, ...]:
        text = conversation.tools_text
        if text is not None and (known := self._tool_findings.get(text)) is not None:
            return known
        found: list[Finding] = []
        names: set[str] = set()
        for rule in self._comparing if all(map(self._is_sound, conversation.tools)) else self._tools:
            if rule.only_if(conversation):
                _run(rule, conversation, found, names)
        result = tuple(found)
        if text is not None:
            if len(self._tool_findings) >= _MOST_REMEMBERED:
                self._tool_findings.clear()
            self._tool_findings[text] = result
        return result

    def _is_sound(self, tool: Tool) -> bool:
        """Whether no rule that judges tools one by one finds anything; readers give equal tools as one object."""
        if (known := self._sound.get(id(tool))) is not None:
            return known[1]
        if len(self._sound) >= _MOST_REMEMBERED:
            self._sound.clear()
        alone = _conversation(tools=(tool,))
        found = not any(rule.only_if(alone) and any(True for _ in rule.check(alone)) for rule in self._single)
        self._sound[id(tool)] = (tool, found)
        return found


_MOST_REMEMBERED = 4096


def placed(findings: list[Finding], conversation: Conversation) -> list[Finding]:
    """Findings of one row with its file, row, line and id, in the order of the rules' codes."""
    origin, row_id = conversation.origin, conversation.id
    return [
        replace(finding, file=origin.path, row=origin.row, line=origin.line, id=row_id)
        for finding in sorted(findings, key=lambda finding: finding.code)
    ]


def _run(rule: Rule, conversation: Conversation, found: list[Finding], names: set[str]) -> None:
    if rule.requires and not rule.requires.isdisjoint(names):
        return
    before = len(found)
    found += rule.check(conversation)
    if len(found) > before:
        names.add(rule.name)
