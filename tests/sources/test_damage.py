"""Files that are damaged: a finding for a row, one clear error for a file, and never a traceback."""

from __future__ import annotations

import gzip
import json
import os
import random
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.errors import InputError
from toolcall_data.sources.reader import open_file
from toolcall_data.sources.rows import MOST_BYTES

if TYPE_CHECKING:
    from tests.conftest import Ran, Tcdata

ROWS = [chat(human(f"第{number}个问题"), gpt("好")) for number in range(6)]
LINES = [json.dumps(one, ensure_ascii=False).encode() for one in ROWS]
JSONL = b"\n".join(LINES) + b"\n"
ARRAY = b"[\n" + b",\n".join(LINES) + b"\n]\n"


def validate(tcdata: Tcdata, data: bytes, name: str = "rows.jsonl", *options: str) -> Ran:
    (tcdata.folder / name).write_bytes(data)
    # What the rows as a set are like is another matter.
    return tcdata.here("validate", name, "--format", "json", "--ignore", "ds", *options)


def places(ran: Ran) -> list[tuple[str, int, int]]:
    return [(finding["name"], finding["row"], finding["line"]) for finding in ran.json["findings"]]


def rows(ran: Ran) -> int:
    found: int = ran.json["files"][0]["rows"]
    return found


@pytest.mark.parametrize(
    "broken", [b"{", b'{"a": 1', b"not json", b'{"a": 1}}', b"{'a': 1}", b'{"a": 1,}', b"\x00", b'"']
)
def test_a_broken_line_is_a_finding_and_the_rest_is_read(tcdata: Tcdata, broken: bytes) -> None:
    ran = validate(tcdata, b"\n".join([*LINES[:3], broken, *LINES[3:]]))
    assert (ran.code, rows(ran)) == (1, 7)
    assert places(ran) == [("file.json_lines", 3, 4)]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "123456789012345678901234567890"])
def test_numbers_that_only_python_takes_are_read(tcdata: Tcdata, number: str) -> None:
    text = JSONL.decode() + json.dumps(ROWS[0] | {"score": 0}).replace('"score": 0', f'"score": {number}')
    ran = validate(tcdata, text.encode())
    assert (rows(ran), places(ran)) == (7, [])


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30])
def test_long_integers_keep_every_digit(tmp_path: Path, number: int) -> None:
    for text in (json.dumps(ROWS[0] | {"score": number}), json.dumps([ROWS[0] | {"score": number}])):
        (tmp_path / "rows.json").write_text(text, encoding="utf-8")
        (found,) = open_file(str(tmp_path / "rows.json")).conversations()
        assert found.extra["score"] == number
        assert isinstance(found.extra["score"], int)


def test_half_a_surrogate_pair_is_a_finding(tcdata: Tcdata) -> None:
    broken = LINES[1].replace("好".encode(), rb"\ud83d")
    for data, name, line in (
        (b"\n".join([LINES[0], broken, LINES[2]]), "rows.jsonl", 2),
        (ARRAY.replace(LINES[1], broken), "rows.json", 3),
    ):
        ran = validate(tcdata, data, name)
        assert places(ran) == [("file.json_lines", 1, line)]


def test_a_whole_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(LINES[0].replace("好".encode(), rb"\ud83d\ude00"))
    (found,) = open_file(str(tmp_path / "rows.jsonl")).conversations()
    assert getattr(found.messages[1], "text", None) == "😀"


@pytest.mark.parametrize(("data", "name", "line"), [(JSONL, "rows.jsonl", 2), (ARRAY, "rows.json", 3)])
def test_a_stray_byte_is_a_finding_of_its_row(tcdata: Tcdata, data: bytes, name: str, line: int) -> None:
    ran = validate(tcdata, data.replace(LINES[1], LINES[1].replace("好".encode(), b"\xff")), name)
    assert (ran.code, rows(ran)) == (1, 6)
    assert places(ran) == [("file.encoding", 1, line)]


@pytest.mark.parametrize("cut", [1, 20, len(LINES[-1]) + 1])
def test_a_truncated_array_keeps_the_rows_before_the_cut(tcdata: Tcdata, cut: int) -> None:
    ran = validate(tcdata, ARRAY.rstrip(b"\n]\n")[:-cut], "rows.json")
    found = places(ran)
    assert ran.code == 1
    assert {name for name, _, _ in found} == {"file.json_lines"}
    assert rows(ran) - len(found) == 5


def test_an_array_that_is_not_closed_is_a_finding(tcdata: Tcdata) -> None:
    ran = validate(tcdata, ARRAY.rstrip(b"\n]"), "rows.json")
    assert [name for name, _, _ in places(ran)] == ["file.json_lines"]
    assert "not closed" in ran.json["findings"][0]["message"]


@pytest.mark.parametrize(
    "broken",
    [LINES[2][:-20], LINES[2].replace(b":", b"", 1), LINES[2].replace(b'"', b"", 1), LINES[2].replace(b"}", b"", 1)],
)
def test_a_broken_element_in_the_middle_costs_one_row(tcdata: Tcdata, broken: bytes) -> None:
    ran = validate(tcdata, ARRAY.replace(LINES[2], broken), "rows.json")
    assert (ran.code, rows(ran)) == (1, 6)
    assert places(ran) == [("file.json_lines", 2, 4)]


def test_punctuation_that_the_trainer_refuses_is_a_finding(tcdata: Tcdata) -> None:
    trailing = validate(tcdata, ARRAY.replace(b"\n]", b",\n]"), "trailing.json")
    assert [finding["name"] for finding in trailing.json["findings"]] == ["file.json_lines"]
    assert "comma" in trailing.json["findings"][0]["message"]
    missing = validate(tcdata, ARRAY.replace(b",\n", b"\n", 1), "missing.json")
    assert "comma" in missing.json["findings"][0]["message"]
    for ran in (trailing, missing):
        assert rows(ran) == 7


@pytest.mark.parametrize("value", ["1", '"文"', "null", "[1, 2]", "true"])
def test_a_row_that_is_no_object_is_a_finding(tcdata: Tcdata, value: str) -> None:
    ran = validate(tcdata, JSONL + value.encode())
    assert places(ran) == [("row.not_object", 6, 7)]


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"[]", b"[\n]\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_a_file_without_rows(tcdata: Tcdata, data: bytes) -> None:
    ran = validate(tcdata, data)
    assert ran.code == 5
    assert "no rows" in ran.err
    assert ran.json["findings"] == []
    assert validate(tcdata, data, "rows.jsonl", "--allow-empty").code == 0


def test_deep_nesting_is_a_finding(tcdata: Tcdata) -> None:
    deep = b'{"conversations": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ran = validate(tcdata, JSONL + deep + b"\n")
    assert (ran.code, rows(ran), len(places(ran))) == (1, 7, 1)
    ran = validate(tcdata, ARRAY.replace(LINES[2], deep), "deep.json")
    assert ran.code == 1
    assert rows(ran) >= 5


WIDE = ("gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("name", ["rows.jsonl", "数据 一.json"])
def test_other_encodings_are_named_with_a_command_that_really_converts(
    tcdata: Tcdata, encoding: str, name: str
) -> None:
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ROWS)
    (tcdata.folder / name).write_bytes(text.encode(encoding))
    ran = tcdata.here("validate", name)
    assert ran.code == 4
    family = {"gbk": "GBK", "gb18030": "GBK"}.get(encoding, encoding[:6].upper())
    assert family in ran.err.splitlines()[0]
    command = ran.err.partition("convert it: ")[2].strip()
    assert command.startswith("iconv -f ")
    subprocess.run(command, shell=True, cwd=tcdata.folder, check=True)
    converted = tcdata.folder / shlex.split(command)[-1]
    assert converted.read_text(encoding="utf-8-sig") == text
    assert tcdata.here("validate", converted.name).code == 0


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x00\x00"]
)
def test_a_binary_file_is_one_clear_error(tcdata: Tcdata, data: bytes) -> None:
    (tcdata.folder / "rows.jsonl").write_bytes(data)
    ran = tcdata.here("validate", "rows.jsonl")
    assert ran.code == 4
    assert "binary" in ran.err


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_packed_file_is_one_clear_error(tcdata: Tcdata, pack: Any, share: float) -> None:
    chaos = random.Random(0)
    many = b"".join(json.dumps(chat(human(str(chaos.random())), gpt("好"))).encode() + b"\n" for _ in range(5000))
    packed = pack(many)
    (tcdata.folder / "rows.jsonl.gz").write_bytes(packed[: int(len(packed) * share)])
    ran = tcdata.here("validate", "rows.jsonl.gz")
    assert ran.code == 4, ran.err
    assert "rows.jsonl.gz" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_one_clear_error(tcdata: Tcdata) -> None:
    (tcdata.folder / "rows.jsonl").write_bytes(JSONL)
    (tcdata.folder / "rows.jsonl").chmod(0)
    ran = tcdata.here("validate", "rows.jsonl")
    assert ran.code == 4
    assert "permission" in ran.err


def test_a_folder_in_place_of_a_file_in_a_glob_is_passed_over(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").mkdir()
    (tcdata.folder / "b.jsonl").write_bytes(JSONL)
    report = tcdata.here("validate", "*.jsonl", "--format", "json").json
    assert [file["path"] for file in report["files"]] == ["b.jsonl"]


MUTABLE = [JSONL, ARRAY, json.dumps(ROWS, indent=1).encode(), gzip.compress(JSONL), zstandard.compress(ARRAY)]
EDIT = st.tuples(st.integers(0, 1 << 16), st.integers(0, 12), st.binary(max_size=12))


@given(st.sampled_from(MUTABLE), st.lists(EDIT, min_size=1, max_size=4))
@settings(max_examples=200)
def test_a_mutated_file_gives_rows_in_order_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    for place, length, new in edits:
        start = place % (len(data) + 1)
        data = data[:start] + new + data[start + length :]
    _reads(tmp_path_factory.getbasetemp() / "mutated.jsonl", data)


@given(
    st.binary(max_size=400) | st.text(alphabet='{}[]",:\\ \n文1e-tnul', max_size=120).map(lambda text: text.encode())
)
@settings(max_examples=200)
def test_any_bytes_give_rows_in_order_or_one_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    _reads(tmp_path_factory.getbasetemp() / "any.jsonl", data)


def _reads(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        found = list(open_file(str(path)).conversations())
    except InputError as refused:
        told = refused.message
    else:
        told = str(path)
        assert [one.origin.row for one in found] == list(range(len(found)))
        numbers = [one.origin.line or 0 for one in found]
        assert numbers == sorted(numbers)
    assert str(path) in told


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["line", "array", "open string"])
def test_a_line_of_200_mb_is_a_finding_in_bounded_memory(tcdata: Tcdata, shape: str) -> None:
    path = tcdata.folder / "rows.json"
    begin, end = {"line": (b"", b"\n"), "array": (b"[", b","), "open string": (b"", b"\n")}[shape]
    with path.open("wb") as file:
        file.write(begin + LINES[0] + end)
        file.write(b'{"conversations": [{"from": "human", "value": "')
        for _ in range(200):
            file.write("很长的一行".encode() * (1_000_000 // 15))
        file.write(b"" if shape == "open string" else b'"}]}')
        file.write((end + LINES[1] + end).rstrip(b",") + (b"]" if shape == "array" else b""))
    assert path.stat().st_size > MOST_BYTES * 2
    code = (
        "import resource, sys; from toolcall_data.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "validate", "rows.json", "--format", "json", "-q"]
    ran = subprocess.run(command, cwd=tcdata.folder, capture_output=True, env=tcdata.environment())
    assert ran.returncode == 1, ran.stderr
    report = json.loads(ran.stdout)
    assert {finding["name"] for finding in report["findings"]} == {"file.json_lines"}
    assert report["files"][0]["rows"] == 3
    megabytes = int(ran.stderr.split()[-1])
    assert megabytes < 700
