"""`tcdata browse` as a person starts it: in a terminal, in a pipe, on files that are not there."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.errors import ExitCode

START = """
import fcntl, os, sys, termios
fcntl.ioctl(int(sys.argv[1]), termios.TIOCSCTTY, 0)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Makes a terminal the controlling one of a new session, as a login does, and then starts the command."""


@dataclass
class Terminal:
    """A command in a terminal of its own."""

    process: subprocess.Popen[bytes]
    keys: int
    seen: bytearray = field(default_factory=bytearray)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen.decode(errors="replace")[-2000:]
            self._read()

    def end(self) -> ExitCode:
        deadline = time.monotonic() + 60
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.seen.decode(errors="replace")[-2000:]
            self._read()
        self._read()
        return ExitCode(self.process.returncode)

    def _read(self) -> None:
        while select.select([self.keys], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self.keys, 65536)
            except OSError:
                return


Start = Callable[..., contextlib.AbstractContextManager[Terminal]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """`with start("rows.jsonl") as terminal`: `tcdata browse` with these arguments, in a terminal of 100 x 30."""

    @contextlib.contextmanager
    def run(*arguments: str, stdin: Path | None = None) -> Iterator[Terminal]:
        keys, screen = pty.openpty()
        os.set_inheritable(screen, True)
        command = [sys.executable, "-m", "toolcall_data", "browse", *arguments]
        with open(stdin, "rb") if stdin else contextlib.nullcontext(screen) as source:
            process = subprocess.Popen(
                [sys.executable, "-c", START, str(screen), *command],
                stdin=source,
                stdout=screen,
                stderr=screen,
                cwd=tmp_path,
                start_new_session=True,
                pass_fds=[screen],
                env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
            )
        os.close(screen)
        try:
            yield Terminal(process, keys)
        finally:
            process.kill()
            process.wait()
            os.close(keys)

    return run


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    some = [chat(human(f"第 {number} 行"), gpt("好")) for number in range(200)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some), encoding="utf-8")
    return path


def test_a_file_is_shown_and_q_leaves_the_terminal_as_it_was(start: Start, rows: Path) -> None:
    with start("rows.jsonl", "--row", "150") as terminal:
        terminal.wait_for("第 150 行")
        os.write(terminal.keys, b"q")
        assert terminal.end() == ExitCode.OK
        assert b"\x1b[?1049l" in terminal.seen


def test_rows_come_from_standard_input_and_keys_from_the_terminal(start: Start, rows: Path) -> None:
    with start("-", stdin=rows) as terminal:
        terminal.wait_for("200 rows")
        os.write(terminal.keys, b"G")
        terminal.wait_for("第 199 行")
        os.write(terminal.keys, b"q")
        assert terminal.end() == ExitCode.OK


def test_what_cannot_be_read_is_told_before_the_screen_is_taken(start: Start, tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)) * 10)
    for name, words in {"none.jsonl": "no such file", "binary.jsonl": "binary"}.items():
        with start(name) as terminal:
            assert terminal.end() == ExitCode.INPUT
            assert words in terminal.seen.decode()
            assert b"\x1b[?1049h" not in terminal.seen
            assert b"Traceback" not in terminal.seen


def test_without_a_terminal_it_points_to_validate(tcdata: Any, rows: Path) -> None:
    ran = tcdata("browse", "rows.jsonl")
    assert ran.code == ExitCode.USAGE
    assert "tcdata validate rows.jsonl" in ran.err


def test_help_names_the_options_and_examples(tcdata: Any) -> None:
    ran = tcdata("browse", "--help")
    assert ran.code == 0
    assert all(word in ran.out for word in ("--from", "--row", "tcdata browse train_zh.json"))
