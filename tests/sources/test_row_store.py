"""Random access gives the rows that reading a file in order gives, whatever its layout, and holds few of them."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import zstandard

from toolcall_data import bundled
from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.errors import EmptyError, InputError, UsageError
from toolcall_data.sources.reader import open_file
from toolcall_data.sources.row_store import RowStore, open_rows

ROWS = [chat(human(f"第 {number} 行 Refund"), gpt('他说"好"\n退款')) for number in range(300)]


def complete(store: RowStore) -> RowStore:
    start = time.monotonic()
    while not store.is_complete:
        store.advance()
        assert time.monotonic() - start < 60
    return store


def same_as_reading(path: Path) -> int:
    """Compare every row with the reader's; how many there were."""
    expected = list(open_file(str(path)).conversations())
    with open_rows([path]) as store:
        assert len(complete(store)) == len(expected)
        assert store.failures == []
        for row in reversed(range(len(expected))):
            assert repr(store.conversation(row)) == repr(expected[row])
            assert store.place(row).line == expected[row].origin.line
    return len(expected)


def lines() -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ROWS)


def layouts(folder: Path) -> Iterator[Path]:
    plain = lines()
    files = {
        "plain.jsonl": plain,
        "marked.jsonl": b"\xef\xbb\xbf" + plain,
        "blank.jsonl": b"\n \r\n" + plain.replace(b"}\n", b"}\r\n\n  \n", 50) + b"\n\n",
        "no_end.jsonl": plain.rstrip(b"\n"),
        "broken.jsonl": plain + b'{"conversations": [\n!bang\n\x00\n' + plain + b'{"a": \xff\xfe}\n[1]\nNaN\n"text"',
        "array.json": json.dumps(ROWS, ensure_ascii=False, indent=2).encode(),
        "cut.json": json.dumps(ROWS, ensure_ascii=False).encode()[:-900],
        "packed.jsonl.gz": gzip.compress(plain),
        "packed.json.zst": zstandard.ZstdCompressor().compress(json.dumps(ROWS).encode()),
        "empty.jsonl": b"",
        "blanks.jsonl": b"\n\n \n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        yield folder / name
    pl.DataFrame(ROWS).write_parquet(folder / "table.parquet")
    yield folder / "table.parquet"


def test_every_layout_gives_the_rows_of_the_reader(tmp_path: Path) -> None:
    counts = {path.name: same_as_reading(path) for path in layouts(tmp_path)}
    assert counts["plain.jsonl"] == counts["array.json"] == counts["table.parquet"] == 300
    assert counts["broken.jsonl"] == 607
    assert counts["empty.jsonl"] == counts["blanks.jsonl"] == 0


def test_the_samples_give_the_rows_of_the_reader() -> None:
    samples = [path for path in bundled.files("samples") if path.suffix == ".jsonl"]
    assert samples
    assert all(same_as_reading(path) for path in samples)


def test_the_first_rows_are_there_at_once_and_keep_their_numbers(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.json", tmp_path / "c.jsonl"]
    for path in paths:
        path.write_bytes(lines() if path.suffix == ".jsonl" else json.dumps(ROWS).encode())
    with open_rows([tmp_path]) as store:
        assert 0 < len(store) < 300
        assert not store.is_complete
        first = store.conversation(5)
        assert len(complete(store)) == 900
        assert store.conversation(5) == first
        assert [store.place(row).path for row in (299, 300, 899)] == [str(path) for path in paths]
        assert store.place(899).row == 299
        assert store.progress == 1.0
        with pytest.raises(IndexError):
            store.raw(900)


def test_rows_seen_are_forgotten_when_many_others_were_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolcall_data.sources.row_store.MOST_ROWS_KEPT", 10)
    (tmp_path / "rows.jsonl").write_bytes(lines())
    with open_rows([tmp_path / "rows.jsonl"]) as store:
        complete(store)
        for row in (0, 1, 0, 1):
            store.conversation(row)
        assert store.parsed == 2
        for row in [*range(20), 0]:
            store.conversation(row)
        assert store.parsed == 2 + 18 + 1


@pytest.mark.parametrize("escape", [False, True])
@pytest.mark.parametrize(
    ("needle", "hits"),
    [
        ("第 7 行", [7]),
        ("REFUND", list(range(300))),
        ('"好"', list(range(300))),
        ("第 29", [29, *range(290, 300)]),
        ("没有", []),
    ],
)
def test_search_finds_rows_however_they_are_written(tmp_path: Path, needle: str, hits: list[int], escape: bool) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=escape) for row in ROWS), encoding="utf-8")
    with open_rows([path]) as store:
        steps = list(complete(store).search(needle))
        assert [hit for step in steps for hit in step.hits] == hits
        assert steps[-1].upto == 300
        assert [hit for step in store.search(needle, 100) for hit in step.hits] == [hit for hit in hits if hit >= 100]


def test_search_looks_inside_json_inside_strings(tmp_path: Path) -> None:
    inner = json.dumps({"city": json.dumps("乌鲁木齐")})
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(chat(human(inner), gpt("好"))), encoding="utf-8")
    assert "乌" not in path.read_text(encoding="utf-8")
    with open_rows([path]) as store:
        found = [hit for step in complete(store).search(json.dumps({"city": "x"})[:7]) for hit in step.hits]
        assert found == [0]


def test_what_cannot_be_opened_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_rows([tmp_path / "none.jsonl"])
    (tmp_path / "folder").mkdir()
    with pytest.raises(EmptyError, match="no data file"):
        open_rows([tmp_path / "folder"])
    (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(InputError):
        open_rows([tmp_path / "binary.jsonl"])
    (tmp_path / "rows.jsonl").write_bytes(lines())
    with pytest.raises(UsageError, match="no format"):
        open_rows([tmp_path / "rows.jsonl"], "csv")


def test_a_file_that_breaks_off_keeps_its_rows_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    noise = random.Random(7)
    rows = [chat(human(f"第 {number} 行"), gpt(noise.randbytes(900).hex())) for number in range(3000)]
    packed = gzip.compress("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode(), 1)
    path.write_bytes(packed[: len(packed) * 2 // 3])
    with open_rows([path]) as store:
        assert 500 < len(complete(store)) < 3000
        assert "第 500 行" in store.raw(500)
        assert len(store.failures) == 1
        assert "rows.jsonl.gz" in store.failures[0]


def test_closing_in_the_middle_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for name, data in {"a.jsonl": lines() * 50, "b.json": json.dumps(ROWS * 50).encode()}.items():
        (tmp_path / name).write_bytes(data)
        with open_rows([tmp_path / name]) as store:
            assert not store.is_complete
        assert list((tmp_path / "temporary").iterdir()) == []
