"""Every rule against its own examples: they are its documentation, so they must be true."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from toolcall_data.conversation.model import Conversation, Origin, Problem
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import HEADINGS, explanation
from toolcall_data.rules._registry import rules as all_rules
from toolcall_data.rules._sets import FileRule, InfoRule
from toolcall_data.rules._trainer import TrainerRule
from toolcall_data.rules.base import DatasetRule, Example, Finding, Rule, Severity
from toolcall_data.rules.ds_template_compat import DsTemplateCompat

ABOUT_MORE = DatasetRule | FileRule | InfoRule | TrainerRule | DsTemplateCompat
"""Rules that one row as it was read tells nothing; they have tests of their own."""

RULES = [rule for rule in all_rules() if not isinstance(rule, ABOUT_MORE)]
FIXABLE = [rule for rule in RULES if rule.applicability is not None]


def format_of(row: Example) -> Format:
    return OpenAI() if isinstance(row, dict) and "role" in str(row.get("messages", "")) else ShareGPT()


def read(example: Example) -> Conversation:
    """An example as the reader of files would give it."""
    if isinstance(example, str):
        return read_line(example)
    chosen = format_of(example)
    return chosen.read(example, Origin(path="example.json", row=0, format=chosen.name))


def read_line(line: str) -> Conversation:
    try:
        row = json.loads(line.encode("utf-8", "surrogateescape").decode("utf-8"))
    except UnicodeDecodeError as error:
        return Conversation(problems=(Problem(kind="file.encoding", detail=str(error)),))
    except json.JSONDecodeError as error:
        return Conversation(problems=(Problem(kind="file.json_lines", detail=str(error), value=line),))
    if not isinstance(row, dict):
        return Conversation(problems=(Problem(kind="row.not_object", detail="the row is no object", value=row),))
    return read(row)


def findings(conversation: Conversation) -> list[Finding]:
    return Checker().check(conversation)


def names(found: list[Finding], least: Severity = Severity.INFO) -> set[str]:
    return {finding.name for finding in found if finding.severity >= least}


def cases(kind: str, wanted: Iterable[Rule]) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{index}")
        for rule in wanted
        for index, example in enumerate(getattr(rule, kind))
    ]


def test_the_folder_holds_the_rules() -> None:
    assert len(RULES) > 40


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_docstrings_have_every_heading(rule: Rule) -> None:
    said = explanation(rule)
    assert tuple(said.sections) == HEADINGS["en"]
    assert all(said.sections.values())
    assert said.what.endswith(".")
    assert "\n" not in said.what
    assert rule.code.startswith("TC")
    assert rule.good
    assert rule.bad


@pytest.mark.parametrize(("rule", "example"), cases("good", RULES))
def test_good_examples_are_silent(rule: Rule, example: Example) -> None:
    found = findings(read(example))
    assert rule.name not in names(found)
    assert names([finding for finding in found if finding.fix != "safe"], Severity.ERROR) == set()


@pytest.mark.parametrize(("rule", "example"), cases("bad", RULES))
def test_bad_examples_are_found(rule: Rule, example: Example) -> None:
    found = findings(read(example))
    assert rule.name in names(found)
    assert len(names(found, Severity.ERROR)) <= 3, names(found)


@pytest.mark.parametrize(("rule", "example"), cases("bad", RULES))
def test_findings_point_into_the_row(rule: Rule, example: Example) -> None:
    conversation = read(example)
    if isinstance(example, str):
        return
    for finding in rule.check(conversation):
        value: object = example
        for part in finding.pointer.split("/")[1:]:
            if isinstance(value, list):
                value = value[int(part)]
            elif isinstance(value, dict) and part in value:
                value = value[part]
            else:
                assert part in finding.pointer.split("/")[-2:], f"{finding.pointer} leads nowhere"
                break
        if finding.excerpt and finding.sub:
            assert finding.span is not None, finding


@pytest.mark.parametrize(("rule", "example"), cases("bad", FIXABLE))
def test_a_fix_mends_what_its_findings_say(rule: Rule, example: Example) -> None:
    conversation = read(example)
    promised = [finding for finding in rule.check(conversation) if finding.fix]
    fixed = rule.fix(conversation)
    if not promised:
        assert fixed == conversation
        return
    left = list(rule.check(fixed))
    assert [finding for finding in left if finding.fix] == []
    assert len(left) == len(list(rule.check(conversation))) - len(promised)
    assert rule.fix(fixed) == fixed
    assert names(findings(fixed), Severity.WARNING) <= names(findings(conversation))


@pytest.mark.parametrize(("rule", "example"), cases("good", FIXABLE))
def test_a_fix_leaves_good_rows_alone(rule: Rule, example: Example) -> None:
    conversation = read(example)
    assert rule.fix(conversation) is conversation or rule.fix(conversation) == conversation


@pytest.mark.parametrize(("rule", "example"), cases("bad", FIXABLE))
def test_a_fixed_row_reads_back_the_same(rule: Rule, example: Example) -> None:
    conversation = read(example)
    fixed = rule.fix(conversation)
    if fixed == conversation:
        return
    chosen = format_of(example)
    again = chosen.read(chosen.write(fixed), fixed.origin)
    assert [message.model_dump() for message in again.messages] == [message.model_dump() for message in fixed.messages]
    assert [tool.raw for tool in again.tools] == [tool.raw for tool in fixed.tools]
    assert names(findings(again)) <= names(findings(fixed))


def test_some_fix_is_tested() -> None:
    assert len(FIXABLE) > 15
