"""A guard may only hold back a rule that would find nothing; tests/rules/test_any_row.py asks the same of any row."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolcall_data.bundled import files
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import Rule
from toolcall_data.sources.reader import open_file

GUARDED = [rule for rule in rules() if rule.only_if is not Rule.only_if]


def test_rules_share_few_guards() -> None:
    assert len(GUARDED) > 25
    assert len({rule.only_if for rule in GUARDED}) <= 4


@pytest.mark.parametrize("path", files("samples"), ids=lambda path: path.stem)
def test_guards_hold_back_nothing_in_the_samples(path: Path) -> None:
    for conversation in open_file(str(path)).conversations():
        if not conversation.is_readable:
            continue
        for rule in GUARDED:
            if not rule.only_if(conversation):
                assert not list(rule.check(conversation)), f"{rule.name}, row {conversation.origin.row}"
