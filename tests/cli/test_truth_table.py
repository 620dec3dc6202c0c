"""Every recorded defect through the real command: what LLaMA-Factory gets wrong has an error, what it takes has none.

The record holds what LLaMA-Factory 0.9.5 was seen to do with defective rows, each among well-formed ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Tcdata

RECORD = Path(__file__).parents[2].parent / "shared" / "reference" / "defect-truth-table.jsonl"
CASES = (
    [json.loads(line) for line in RECORD.read_text(encoding="utf-8").splitlines()]
    if RECORD.exists()
    else [{"id": "none", "format": "sharegpt", "lf_behaviour": "accepted"}]
)
OF_ROWS = [case for case in CASES if case["format"] in ("sharegpt", "alpaca", "openai")]
GOOD = {"sharegpt": "ok_tool", "alpaca": "al_ok", "openai": "oa_std"}
OF_LINES = {"all_values_datelike", "al_all_out_date"}
"""What only a file of JSON Lines does, and only where all of its rows are so."""
SAYS_SO = ("target.", "info.", "file.")


def validate(tcdata: Tcdata, case: dict[str, Any]) -> Any:
    """The report on the case's rows, with a well-formed row of its format after them, under the case's entry."""
    rows = case.get("row") or {}
    rows = rows if isinstance(rows, list) else [rows]
    good = next((other["row"] for other in CASES if other["id"] == GOOD.get(case["format"])), None)
    if case["id"] in OF_LINES:
        name, text = "d.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    else:
        name, text = "d.json", json.dumps([*rows, *([good] if good is not None else [])], ensure_ascii=False)
    (tcdata.folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    entry = {"file_name": name, **case.get("dataset_info", {})}
    (tcdata.folder / "dataset_info.json").write_text(json.dumps({"d": entry}), encoding="utf-8")
    cutoff = case.get("args", {}).get("cutoff_len")
    more = ["--cutoff-len", str(cutoff)] if cutoff else []
    ran = tcdata.here("validate", "dataset_info.json", "--format", "json", *more)
    assert ran.code in (0, 1), ran.err
    return ran.json


@pytest.mark.skipif(not RECORD.exists(), reason=f"{RECORD} is not here: the record is no part of the project")
@pytest.mark.parametrize("case", OF_ROWS, ids=lambda case: case["id"])
def test_a_recorded_defect(tcdata: Tcdata, case: dict[str, Any]) -> None:
    report = validate(tcdata, case)
    errors = [found for found in report["findings"] if found["severity"] == "error"]
    if case["lf_behaviour"] == "accepted":
        assert [found["name"] for found in errors if found["name"].startswith(SAYS_SO)] == []
        assert set(report["files"][0]["outcomes"]) == {"trains"}
    else:
        assert errors, case["title"]


def test_there_are_many_cases() -> None:
    if not RECORD.exists():
        pytest.skip(f"{RECORD} is not here: the record is no part of the project")
    assert len(OF_ROWS) > 110
