"""What spares rules their work may only hold back rules that would find nothing; test_any_row asks it of any row."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolcall_data.bundled import files
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.base import format_named
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import Rule
from toolcall_data.sources.reader import open_file

GUARDED = [rule for rule in rules() if rule.only_if is not Rule.only_if]


def test_rules_share_few_guards() -> None:
    assert len(GUARDED) > 25
    assert len({rule.only_if for rule in GUARDED}) * 2 < len(GUARDED)


@pytest.mark.parametrize("path", files("samples"), ids=lambda path: path.stem)
def test_guards_hold_back_nothing_in_the_samples(path: Path) -> None:
    for conversation in open_file(str(path)).conversations():
        if not conversation.is_readable:
            continue
        for rule in GUARDED:
            if not rule.only_if(conversation):
                assert not list(rule.check(conversation)), f"{rule.name}, row {conversation.origin.row}"


def found_without_sparing(conversation: Conversation) -> list[tuple[str, str, str]]:
    """What the rules find when each is simply asked, in the engine's order."""
    names: set[str] = set()
    found = []
    for looks_at in (("problems",), ("tools",), ("messages", "calls")):
        for rule in rules():
            if rule.looks_at not in looks_at or not rule.requires.isdisjoint(names):
                continue
            if rule.looks_at == "calls" and not conversation.calls:
                continue
            own = list(rule.check(conversation))
            names |= {rule.name for _ in own}
            found += [(finding.code, finding.pointer, finding.message) for finding in own]
    return sorted(found)


@pytest.mark.parametrize("path", files("samples"), ids=lambda path: path.stem)
def test_the_checker_finds_what_the_rules_find(path: Path) -> None:
    checker = Checker()
    for conversation in open_file(str(path)).conversations():
        if conversation.is_readable:
            found = [(finding.code, finding.pointer, finding.message) for finding in checker.check(conversation)]
            assert sorted(found) == found_without_sparing(conversation)


TOOL_RULES = [rule for rule in rules() if rule.looks_at == "tools" and not rule.compares_tools]


@pytest.mark.parametrize("rule", TOOL_RULES, ids=lambda rule: rule.name)
def test_a_rule_that_does_not_compare_tools_finds_the_same_in_each_alone(rule: Rule) -> None:
    """The engine remembers of each tool whether it is sound, and then asks nothing about lists of such tools."""
    assert rule.bad
    for row in rule.bad:
        assert isinstance(row, dict)
        shape = format_named("openai" if "messages" in row else "sharegpt")
        whole = shape.read(row, Origin())
        together = [finding.message for finding in rule.check(whole)]
        alone = [finding.message for tool in whole.tools for finding in rule.check(Conversation(tools=(tool,)))]
        assert together == alone
