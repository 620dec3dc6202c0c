"""The recorded outcomes of real LLaMA-Factory runs over defective rows, where that record is at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.target.outcome import Outcome
from toolcall_data.target.registration import registered
from toolcall_data.target.templates import Template, template_named
from toolcall_data.target.verdict import Verdicts, verdict

RECORD = Path(__file__).parents[2].parent / "shared" / "reference" / "defect-truth-table.jsonl"

KINDS = {
    "accepted": {"trains"},
    "silent_corruption": {"trains", "alters"},
    "dropped_with_warning": {"drops"},
    "crash": {"aborts"},
}

OF_THE_FILE = {
    "all_values_datelike": "how Arrow guesses the types of a file of JSON Lines",
    "al_all_out_date": "how Arrow guesses the types of a file of JSON Lines",
    "oa_tools_list": "how Arrow gives objects of a file each other's keys",
    "oa_args_obj_hetero": "how Arrow gives objects of a file each other's keys",
}
"""Recorded of rows, and decided by what all rows of the file are."""


def recorded() -> list[dict[str, Any]]:
    if not RECORD.exists():
        pytest.skip(f"{RECORD} is not here: the record is no part of the project")
    cases = [json.loads(line) for line in RECORD.read_text(encoding="utf-8").splitlines()]
    of_rows = [case for case in cases if case["format"] in ("sharegpt", "alpaca", "openai")]
    found = [case for case in of_rows if case["lf_behaviour"] in KINDS and case["id"] not in OF_THE_FILE]
    assert len(found) > 95
    return found


def rows_of(case: dict[str, Any]) -> list[Any]:
    row = case.get("row", {}) or {}
    return row if isinstance(row, list) else [row]


def judged(case: dict[str, Any], template: Template) -> Outcome:
    """The verdict on the row; where a record is about a file of several rows, the worst of them and of the file."""
    registration = registered(case.get("dataset_info", {}))
    rows = rows_of(case)
    if len(rows) == 1:
        return verdict(rows[0], registration, template)
    verdicts = Verdicts(registration, template)
    found = [verdicts.of(row) for row in rows]
    return verdicts.whole() or max(found, key=lambda one: ["trains", "alters", "drops", "aborts"].index(one.kind))


def test_qwen3() -> None:
    qwen3 = template_named("qwen3")
    wrong = [
        f"{case['id']}: {case['lf_behaviour']}, {judged(case, qwen3)}"
        for case in recorded()
        if judged(case, qwen3).kind not in KINDS[case["lf_behaviour"]]
    ]
    assert not wrong, "\n".join(wrong)


def test_errors_are_those_recorded() -> None:
    qwen3 = template_named("qwen3")
    compared = 0
    for case in recorded():
        kind, at, _ = case["detail"].partition(" at ")
        if case["lf_behaviour"] == "crash" and at:
            found = judged(case, qwen3)
            assert found.error.startswith(f"{kind}: "), (case["id"], found)
            compared += 1
    assert compared > 15


def test_other_templates() -> None:
    qwen = template_named("qwen3")
    compared = 0
    for case in recorded():
        for name, error in (case.get("other_templates") or {}).items():
            style = name.removeprefix("tool_format:")
            template = template_named(name) if style == name else replace(qwen, calls=style, tools=style)
            found = judged(case, template)
            assert found.kind == "aborts", (case["id"], name, found)
            assert found.error.split(":")[0] == error.split(":")[0], (case["id"], name, found)
            compared += 1
    assert compared > 15
