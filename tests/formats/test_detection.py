"""Which format a file is read as, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolcall_data.formats.base import formats
from toolcall_data.sources.reader import open_file

if TYPE_CHECKING:
    from tests.conftest import Tcdata


@pytest.mark.parametrize("name", ["sharegpt", "openai", "alpaca"])
def test_samples_are_recognised(samples: Path, name: str) -> None:
    reading = open_file(str(samples / f"{name}.jsonl"))
    rows = list(reading.conversations())
    assert reading.format.name == name
    assert "of the first 64 rows" in reading.reason
    assert len(rows) > 50
    assert [row.origin.row for row in rows] == list(range(len(rows)))


def test_broken_rows_do_not_hide_the_format(samples: Path) -> None:
    for name, wanted in (("broken", "sharegpt"), ("broken_openai", "openai")):
        reading = open_file(str(samples / f"{name}.jsonl"))
        assert len(list(reading.conversations())) > 0
        assert reading.format.name == wanted


@pytest.mark.parametrize(
    ("file", "name", "rows"),
    [
        ("glaive_toolcall_zh_demo.json", "sharegpt", 300),
        ("alpaca_zh_demo.json", "alpaca", 1000),
        ("oaast_sft_zh.json", "alpaca", 689),
        ("identity.json", "alpaca", 91),
    ],
)
def test_published_files_are_recognised(real_data: Path, file: str, name: str, rows: int) -> None:
    reading = open_file(str(real_data / file))
    assert len(list(reading.conversations())) == rows
    assert reading.format.name == name


def test_from_overrides_what_the_content_shows(tcdata: Tcdata) -> None:
    row = formats()["openai"].example
    (tcdata.folder / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    seen = tcdata.here("validate", "rows.jsonl", "--format", "json").json["files"][0]
    assert seen["format"] == "openai"
    named = tcdata.here("validate", "rows.jsonl", "--from", "alpaca", "--format", "json")
    assert named.json["files"][0]["format"] == "alpaca"
    assert named.json["files"][0]["reason"] == "named by the user"
    assert named.code == 1
    assert "row.key_missing" in named.json["summary"]


def test_an_unknown_format_names_the_nearest(tcdata: Tcdata) -> None:
    (tcdata.folder / "rows.jsonl").write_text("{}\n", encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--from", "sharegtp")
    assert ran.code == 2
    assert "did you mean `sharegpt`?" in ran.err


@pytest.mark.parametrize(
    ("rows", "hint"),
    [([{"text": "a"}], "name one with --from"), ([{"data": [{"instruction": "a", "output": "b"}]}], "under `data`")],
)
def test_rows_of_no_format_are_an_error_that_says_what_they_hold(tcdata: Tcdata, rows: list[object], hint: str) -> None:
    (tcdata.folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    ran = tcdata.here("validate", "rows.json")
    assert ran.code == 4
    assert "no format fits" in ran.err
    assert hint in ran.err
