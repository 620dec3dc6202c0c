"""The shapes in which rows lie on disk: all give the same rows, with true row and line numbers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation, Problem
from toolcall_data.errors import EmptyError, InputError
from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.paths import expand
from toolcall_data.sources.reader import open_file
from toolcall_data.sources.rows import RawRow, read_rows

if TYPE_CHECKING:
    from tests.conftest import Tcdata

ROWS: list[dict[str, Any]] = [
    row(
        human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), gpt("晴。"), id=f"r{number}"
    )
    if number % 2
    else chat(human(f"第{number}句\u2028还有\n一行"), gpt("好"))
    for number in range(5)
]


def lines(rows: list[dict[str, Any]], end: str = "\n") -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + end for one in rows).encode()


LAYOUTS: dict[str, tuple[Callable[[], bytes], list[int]]] = {
    "jsonl": (lambda: lines(ROWS), [1, 2, 3, 4, 5]),
    "no last newline": (lambda: lines(ROWS).rstrip(), [1, 2, 3, 4, 5]),
    "crlf": (lambda: lines(ROWS, "\r\n"), [1, 2, 3, 4, 5]),
    "byte order mark": (lambda: b"\xef\xbb\xbf" + lines(ROWS), [1, 2, 3, 4, 5]),
    "blank lines": (lambda: b"\n  \n" + lines(ROWS, "\n\n") + b"\n", [3, 5, 7, 9, 11]),
    "escaped": (lambda: "".join(json.dumps(one) + "\n" for one in ROWS).encode(), [1, 2, 3, 4, 5]),
    "array": (lambda: json.dumps(ROWS, ensure_ascii=False).encode(), [1] * 5),
    "array, a row a line": (
        lambda: b"[\n" + b",\n".join(lines([one]).strip() for one in ROWS) + b"\n]\n",
        [2, 3, 4, 5, 6],
    ),
    "pretty array": (lambda: json.dumps(ROWS, ensure_ascii=False, indent=2).encode(), []),
    "pretty array, byte order mark, crlf": (
        lambda: b"\xef\xbb\xbf" + json.dumps(ROWS, indent=2).replace("\n", "\r\n").encode(),
        [],
    ),
    "pretty objects one after another": (
        lambda: "\n".join(json.dumps(one, ensure_ascii=False, indent=4) for one in ROWS).encode(),
        [],
    ),
    "gzip": (lambda: gzip.compress(lines(ROWS)), [1, 2, 3, 4, 5]),
    "two gzip members": (lambda: gzip.compress(lines(ROWS[:2])) + gzip.compress(lines(ROWS[2:])), [1, 2, 3, 4, 5]),
    "zstandard": (lambda: zstandard.compress(lines(ROWS)), [1, 2, 3, 4, 5]),
    "two zstandard frames": (
        lambda: zstandard.compress(lines(ROWS[:2])) + zstandard.compress(lines(ROWS[2:])),
        [1, 2, 3, 4, 5],
    ),
    "gzip array": (lambda: gzip.compress(json.dumps(ROWS).encode()), [1] * 5),
}


def raw(path: Path) -> list[RawRow]:
    opened = open_text(str(path))
    try:
        return list(read_rows(opened))
    finally:
        opened.close()


def conversations(path: Path, chosen: str | None = None) -> list[Conversation]:
    return list(open_file(str(path), chosen).conversations())


def problem_of(row: RawRow | Conversation) -> Problem:
    found = row.problem if isinstance(row, RawRow) else row.problems[0]
    assert found is not None
    return found


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".data"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_rows_whatever_the_suffix(tmp_path: Path, layout: str, suffix: str) -> None:
    make, numbers = LAYOUTS[layout]
    path = tmp_path / f"rows{suffix}"
    path.write_bytes(make())
    found = raw(path)
    assert [one.value for one in found] == ROWS
    assert [one.row for one in found] == [0, 1, 2, 3, 4]
    if numbers:
        assert [one.line for one in found] == numbers


@pytest.mark.parametrize("separator", [",\n", "\n"])
def test_lines_of_pretty_rows_are_those_where_they_begin(tmp_path: Path, separator: str) -> None:
    text = separator.join(json.dumps(one, ensure_ascii=False, indent=2) for one in ROWS)
    text = f"[\n{text}\n]" if "," in separator else text
    (tmp_path / "rows.json").write_text(text, encoding="utf-8")
    begins = [number for number, line in enumerate(text.split("\n"), 1) if line == "{"]
    assert [one.line for one in raw(tmp_path / "rows.json")] == begins


def test_parquet_gives_the_same_rows_without_lines(tmp_path: Path) -> None:
    import polars as pl

    rows = [{"conversations": one["conversations"], "system": one["system"], "tools": one["tools"]} for one in ROWS]
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")
    found = raw(tmp_path / "rows.parquet")
    assert [one.value for one in found] == rows
    assert [(one.row, one.line) for one in found] == [(number, None) for number in range(5)]


def test_a_damaged_parquet_file_is_one_clear_error(tcdata: Tcdata) -> None:
    (tcdata.folder / "rows.parquet").write_bytes(b"PAR1" + b"\x07" * 200)
    ran = tcdata.here("validate", "rows.parquet")
    assert ran.code == 4
    assert "rows.parquet" in ran.err


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(tcdata: Tcdata, packed: bool) -> None:
    ran = tcdata("validate", "-", "--format", "json", stdin=gzip.compress(lines(ROWS)) if packed else lines(ROWS))
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["files"][0]["rows"] == 5


def test_folders_and_globs_mean_their_data_files(tcdata: Tcdata) -> None:
    for name in ("b.jsonl", "a.json", "c.jsonl.gz", "note.txt", ".hidden.jsonl", "manifest.json", "dropped.jsonl"):
        (tcdata.folder / name).write_bytes(gzip.compress(lines(ROWS)) if name.endswith("gz") else lines(ROWS))
    whole = tcdata.here("validate", ".", "--format", "json").json
    assert [file["path"] for file in whole["files"]] == ["a.json", "b.jsonl", "c.jsonl.gz"]
    globbed = tcdata.here("validate", "*.jsonl*", "a.json", "a.json", "--format", "json").json
    assert [file["path"] for file in globbed["files"]] == ["b.jsonl", "c.jsonl.gz", "dropped.jsonl", "a.json"]


def test_names_that_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(lines(ROWS))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as missing:
        expand([tmp_path / "trian.jsonl"])
    assert "train.jsonl" in (missing.value.hint or "")
    with pytest.raises(EmptyError):
        expand([tmp_path / "*.parquet"])
    with pytest.raises(EmptyError):
        expand([tmp_path / "empty"])


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "rows[1].jsonl").write_bytes(lines(ROWS))
    assert expand([tmp_path / "rows[1].jsonl"]) == [str(tmp_path / "rows[1].jsonl")]


@given(
    st.lists(
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.integers() | st.none(),
            min_size=1,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["array", "lines", "pretty"]),
    st.booleans(),
)
def test_any_rows_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], indent: int | None, layout: str, is_ascii: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    if layout == "array":
        path.write_text(json.dumps(rows, indent=indent, ensure_ascii=is_ascii), encoding="utf-8")
    else:
        indent = (indent or 1) if layout == "pretty" else None
        text = "\n".join(json.dumps(one, indent=indent, ensure_ascii=is_ascii) for one in rows)
        path.write_text(text, encoding="utf-8")
    assert [one.value for one in raw(path)] == rows
