"""`--jobs`: several processes find what one finds, in the same order, and none outlives the command."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.errors import TcdataError
from toolcall_data.formats.base import format_named
from toolcall_data.judging import tasks_of
from toolcall_data.rules._registry import chosen
from toolcall_data.sources.pieces import pieces
from toolcall_data.sources.reader import open_file, read_piece
from toolcall_data.workers import judge_in_turn

TCDATA = [
    sys.executable,
    "-m",
    "toolcall_data",
    "validate",
    "--format",
    "jsonl",
    "--select",
    "TC1,TC2,TC4",
    "--no-config",
]
ODD_LINES = {
    "plain": b'{"a": 1}\n{"a": 2}\n{"a": 3}\n',
    "no last line break": b'{"a": 1}\n{"a": 2}',
    "blank lines": b'\n \n{"a": 1}\n\n\t\n{"a": 2}\n  \n\n{"a": 3}\n\n',
    "blank at the end": b'{"a": 1}\n   ',
    "windows": b'{"a": 1}\r\n\r\n{"a": 2}\r\n',
    "marked": b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n',
    "broken": b'{"a": 1}\n{"a": \nnull\n{"a": "\xff"}\n',
    "empty": b"",
}


@pytest.mark.parametrize("written", ODD_LINES.values(), ids=ODD_LINES)
@pytest.mark.parametrize("most", [1, 9, 13, 1 << 20])
def test_pieces_are_the_file(tmp_path: Path, written: bytes, most: int) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(written)
    shape = format_named("sharegpt")
    whole = list(open_file(str(path), shape).conversations())
    cut = [found for piece in pieces(str(path), most) for _, found in read_piece(str(path), piece, shape)]
    assert cut == whole
    assert bool(whole) == bool(written.strip())


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Rows of about 8 KB; every tenth has a call that does not fit its tool."""
    weather = {"text": "晴" * 2600}
    return [
        row(
            human(f"北京天气？第 {number} 次"),
            call("get_weather", city=number if number % 10 == 0 else "北京"),
            observation(weather),
            gpt("晴。"),
        )
        for number in range(start, start + count)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file large enough to be cut, with a broken line and blank ones, and small ones of other layouts around it."""
    made = tmp_path_factory.mktemp("jobs")
    lines = [json.dumps(each, ensure_ascii=False) for each in rows(1300)]
    lines[700] = '{"conversations": ['
    lines.insert(900, "\n")
    (made / "b.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "a.json").write_text(json.dumps(rows(30), ensure_ascii=False), encoding="utf-8")
    with gzip.open(made / "c.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in rows(40, 5000))
    assert (made / "b.jsonl").stat().st_size > 10 << 20
    return made


def findings(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [item for item in map(json.loads, done.stdout.splitlines()) if item["type"] == "finding"]


def test_any_number_of_processes_finds_the_same(folder: Path) -> None:
    runs = [
        subprocess.run([*TCDATA, str(folder), "--jobs", str(count)], capture_output=True, check=False)
        for count in (1, 2, 3)
    ]
    assert [run.returncode for run in runs] == [1, 1, 1]
    found = findings(runs[0])
    assert len(found) > 130
    assert [(item["file"], item["row"]) for item in found] == sorted((item["file"], item["row"]) for item in found)
    assert runs[1].stdout == runs[0].stdout
    assert runs[2].stdout == runs[0].stdout
    assert runs[1].stderr == runs[0].stderr


def test_an_unreadable_file_ends_the_command_after_what_lies_before_it(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes((folder / "c.jsonl.gz").read_bytes()[:-20])
    wanted = [str(folder / "b.jsonl"), str(damaged), str(folder / "a.json")]
    alone, several = (
        subprocess.run([*TCDATA, *wanted, "--jobs", count], capture_output=True, check=False) for count in ("1", "2")
    )
    assert alone.returncode == several.returncode == 4
    assert several.stdout == alone.stdout
    assert b"damaged.jsonl.gz" in several.stderr


def is_alone(group: int) -> bool:
    """Whether no process of a group is left, at the latest after a few seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_ends_every_process(folder: Path, stop: signal.Signals, code: int) -> None:
    wanted = [str(folder / "b.jsonl")] * 2 + [str(folder)]
    run = subprocess.Popen(
        [*TCDATA, "--allow-empty", *wanted, "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert run.stdout is not None
    run.stdout.readline()
    os.killpg(run.pid, stop) if stop == signal.SIGINT else run.send_signal(stop)
    _, said = run.communicate(timeout=20)
    assert run.returncode == code
    assert b"Traceback" not in said
    assert is_alone(run.pid)


def test_a_closed_pipe_ends_every_process_quietly(folder: Path) -> None:
    run = subprocess.Popen(
        [*TCDATA, str(folder), "--jobs", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert run.stdout is not None
    run.stdout.readline()
    run.stdout.close()
    assert run.wait(timeout=20) == 141
    assert run.stderr is not None
    assert run.stderr.read() == b""
    run.stderr.close()
    assert is_alone(run.pid)


def test_a_worker_that_dies_is_told_of(folder: Path) -> None:
    """A killed worker (out of memory) must not look like a file without findings."""
    batches = judge_in_turn(tasks_of(0, str(folder / "b.jsonl"), None), chosen(["conv"]), 2)
    next(batches)
    victim = multiprocessing.active_children()[0]
    victim.kill()
    with pytest.raises(TcdataError, match=r"worker process ended .*-9"):
        list(batches)
    assert not multiprocessing.active_children()
