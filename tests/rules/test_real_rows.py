"""The published sets: the wrong calls are named, the good ones are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.alpaca import Alpaca
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import chosen
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.schema.text_formats import JUDGED

DATA = Path(__file__).parents[2].parent / "shared" / "data"
GLAIVE = "glaive_toolcall_zh_demo.json"
AGAINST_SCHEMA = {
    "call.missing_required",
    "call.missing_nested_required",
    "call.unknown_arg",
    "call.type",
    "call.numeric_string",
    "call.enum",
    "call.format",
    "call.range",
    "call.pattern",
    "call.length",
    "call.schema",
    "tool.nested_requires_all",
}


def conversations(name: str, shape: Format) -> list[Conversation]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the published rows are no part of the project")
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [shape.read(row, Origin(path=name, row=index, format=shape.name)) for index, row in enumerate(rows)]


def findings(found: list[Conversation]) -> list[Finding]:
    checker = Checker(chosen())
    return [finding for conversation in found for finding in checker.check(conversation)]


def rows_of(found: list[Finding], name: str) -> list[int | None]:
    return [finding.row for finding in found if finding.name == name]


def test_wrong_calls_are_named_and_no_others() -> None:
    found = findings(conversations(GLAIVE, ShareGPT()))
    assert rows_of(found, "call.enum") == [102, 239]
    assert rows_of(found, "call.missing_required") == [21, 144]
    assert rows_of(found, "conv.obs_without_call") == [197, 293]
    errors = {finding.name for finding in found if finding.severity is Severity.ERROR}
    assert rows_of(found, "call.value_translated") == [40, 205, 211, 274, 292]
    assert rows_of(found, "call.date_rewritten") == [31, 44, 44, 117, 165]
    assert set(rows_of(found, "zh.translated_identifier")) == {211, 226}
    assert rows_of(found, "conv.user_is_assistant") == [137, 158, 261, 265]
    assert len(rows_of(found, "tool.empty_list")) == 100
    copied = {"call.value_translated", "call.date_rewritten", "zh.translated_identifier"}
    told = {"conv.obs_without_call", "conv.user_is_assistant", "tool.empty_list"}
    assert errors == {"call.enum", "call.missing_required"} | told | copied


def test_a_schema_that_no_call_can_satisfy_is_blamed_on_the_tool() -> None:
    found = findings(conversations(GLAIVE, ShareGPT()))
    assert rows_of(found, "tool.nested_requires_all") == [5, 108]
    assert rows_of(found, "call.missing_nested_required") == []


def test_findings_show_the_piece_of_the_call() -> None:
    found = findings(conversations(GLAIVE, ShareGPT()))
    enum = next(finding for finding in found if finding.name == "call.enum")
    assert enum.span is not None
    assert enum.excerpt[slice(*enum.span)] == '"cuisine": "意大利"'
    assert enum.hint == 'allowed: "Italian", "Mexican", "Indian", "Chinese"'
    missing = next(finding for finding in found if finding.name == "call.missing_required")
    assert missing.message == "lacks `keywords`, which `search_books` requires"


def test_calls_are_judged_as_the_reference_validator_judges_them() -> None:
    """Every call that python's jsonschema refuses has a finding, and no other call has one of these."""
    checker, judged, refused = Checker(chosen()), 0, set()
    found: set[tuple[int | None, str]] = set()
    for conversation in conversations(GLAIVE, ShareGPT()):
        tools = {tool.name: tool.parameters for tool in conversation.tools}
        for call in conversation.calls:
            judged += 1
            if not is_valid(closed(tools[call.name]), call.arguments):
                refused.add((conversation.origin.row, call.at))
        on_calls = [finding for finding in checker.check(conversation) if finding.name in AGAINST_SCHEMA]
        found |= {(finding.row, finding.pointer) for finding in on_calls if finding.name.startswith("call.")}
        if any(finding.name == "tool.nested_requires_all" for finding in on_calls):
            found |= {place for place in refused if place[0] == conversation.origin.row}
    assert judged > 200
    assert found == refused


def is_valid(schema: dict[str, Any], arguments: Any) -> bool:
    formats = FormatChecker(formats=())
    for name, judge in JUDGED.items():
        formats.checks(name)(lambda value, judge=judge: not isinstance(value, str) or judge(value))
    return bool(Draft202012Validator(schema, format_checker=formats).is_valid(arguments))


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with nothing allowed that it does not declare."""
    return {"additionalProperties": False, **schema}


@pytest.mark.parametrize("name", ["alpaca_zh_demo.json", "oaast_sft_zh.json", "identity.json"])
def test_plain_sets_have_no_error(name: str) -> None:
    found = [finding for finding in findings(conversations(name, Alpaca())) if finding.severity is Severity.ERROR]
    assert found == []


def test_rows_say_the_same_as_openai_messages() -> None:
    source = conversations(GLAIVE, ShareGPT())
    written = [OpenAI().write(conversation) for conversation in source]
    again = [OpenAI().read(row, Origin(path=GLAIVE, row=index, format="openai")) for index, row in enumerate(written)]
    in_any_shape = [finding for finding in findings(source) if finding.name != "tool.empty_list"]
    assert len(in_any_shape) > 50
    assert [(finding.row, finding.name, finding.message) for finding in findings(again)] == [
        (finding.row, finding.name, finding.message) for finding in in_any_shape
    ]
