"""The exit codes are a contract: one scenario a row of `tcdata help exit-codes`, each as a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.errors import ExitCode

if TYPE_CHECKING:
    from tests.conftest import Tcdata

GOOD = chat(human("好吗"), gpt("好"))
BAD = row(human("天气？"), call("get_wether", city="北京"), observation("晴"), gpt("晴。"))
OLD = '[{"name": "f", "description": "工具", "parameters": {"type": "dict", "properties": {"a": {"type": "string"}}}}]'
WARNED = row(human("?"), call("f", a="1"), observation("好"), gpt("好"), tools=OLD)


@pytest.fixture
def tcdata(tcdata: Tcdata) -> Tcdata:
    """A folder with good, bad and doubtful rows, and recipes."""
    for name, rows in {"good": [GOOD], "bad": [GOOD, BAD], "warned": [WARNED], "empty": []}.items():
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
        (tcdata.folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    recipes = {
        "good": {"sources": {"a": "good.jsonl"}},
        "strict": {"sources": {"a": "bad.jsonl"}, "check": {"error": "fail"}},
        "missing": {"sources": {"a": "gone.jsonl"}},
        "wrong": {"sources": {"a": "good.jsonl"}, "chekc": {}},
        "nothing": {"sources": {"a": "empty.jsonl"}},
    }
    for name, recipe in recipes.items():
        (tcdata.folder / f"{name}.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    return tcdata


TABLE = [
    (0, "validate good.jsonl"),
    (0, "validate warned.jsonl"),
    (0, "validate bad.jsonl --exit-zero"),
    (0, "validate bad.jsonl --fail-on never"),
    (0, "validate bad.jsonl --fail-on call.enum"),
    (0, "validate bad.jsonl --ignore call"),
    (0, "validate bad.jsonl --select conv"),
    (0, "validate empty.jsonl --allow-empty"),
    (0, "validate bad.jsonl --write-baseline known.json"),
    (0, "fix warned.jsonl -o fixed.jsonl"),
    (0, "fix good.jsonl --check"),
    (0, "convert good.jsonl out.jsonl --to openai"),
    (0, "formats xlam"),
    (0, "mix good.yaml -o out"),
    (0, "mix good.yaml -o out --dry-run"),
    (0, "recipe check good.yaml"),
    (0, "init . --name new"),
    (0, "--help"),
    (0, "-V"),
    (0, "help exit-codes"),
    (0, "completion bash"),
    (1, "validate bad.jsonl"),
    (1, "validate good.jsonl bad.jsonl warned.jsonl"),
    (1, "validate warned.jsonl --fail-on warning"),
    (1, "validate warned.jsonl --fail-on tool.params_root_type"),
    (1, "validate bad.jsonl --fail-on TC4"),
    (1, "fix warned.jsonl --check"),
    (1, "fix warned.jsonl --diff"),
    (2, ""),
    (2, "frobnicate"),
    (2, "good.jsonl"),
    (2, "validate"),
    (2, "validate good.jsonl --frobnicate"),
    (2, "validate good.jsonl --select call.enmu"),
    (2, "validate good.jsonl --fail-on sometimes"),
    (2, "validate good.jsonl --format xml"),
    (2, "validate good.jsonl --from xml"),
    (2, "validate good.jsonl --max-errors 0"),
    (2, "validate good.jsonl --color sometimes"),
    (2, "validate good.jsonl --target llamafactory:qwen33"),
    (2, "validate good.jsonl --format sarfi"),
    (2, "fix warned.jsonl"),
    (2, "convert good.jsonl out.jsonl --to opnai"),
    (2, "convert good.jsonl good.jsonl --to openai"),
    (2, "formats xlamm"),
    (2, "-C nowhere validate good.jsonl"),
    (2, "explain call.enmu"),
    (2, "mix wrong.yaml"),
    (2, "mix strict.yaml"),
    (2, "mix good.yaml --set mix.sede=1"),
    (2, "train good.yaml"),
    (2, "browse good.jsonl"),
    (2, "init ."),
    (4, "validate gone.jsonl"),
    (4, "validate good.jsonl gone.jsonl"),
    (4, "validate good.jsonl --baseline gone.json"),
    (4, "convert gone.jsonl out.jsonl --to openai"),
    (4, "fix gone.jsonl -o out.jsonl"),
    (4, "mix gone.yaml"),
    (4, "mix missing.yaml"),
    (4, "recipe check missing.yaml"),
    (5, "validate empty.jsonl"),
    (5, "validate *.parquet"),
    (5, "mix nothing.yaml"),
]


@pytest.mark.parametrize(("code", "line"), TABLE, ids=[line or "nothing" for _, line in TABLE])
def test_exit_code(tcdata: Tcdata, code: int, line: str) -> None:
    (tcdata.folder / "recipe.yaml").write_text("{}")
    ran = tcdata.here(*line.split())
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    if code >= 2 and line:
        assert (ran.out, ran.err.count("error[E0")) == ("", 1)


@pytest.mark.parametrize("line", [line for _, line in TABLE[::6]])
def test_a_process_ends_with_the_same_code(tcdata: Tcdata, line: str) -> None:
    (tcdata.folder / "recipe.yaml").write_text("{}")
    assert tcdata(*line.split()).code == {text: code for code, text in TABLE}[line]


def test_a_closed_pipe_is_quiet(tcdata: Tcdata) -> None:
    many = json.dumps(BAD, ensure_ascii=False) + "\n"
    (tcdata.folder / "many.jsonl").write_text(many * 20_000, encoding="utf-8")
    for report in ("concise", "text --show-all", "json", "jsonl"):
        tcdata_line = f'"{sys.executable}" -m toolcall_data validate many.jsonl --format {report}'
        command = tcdata_line + ' | head -n 1; echo "${PIPESTATUS[0]}"'
        done = subprocess.run(
            ["bash", "-c", command], cwd=tcdata.folder, capture_output=True, text=True, env=tcdata.environment()
        )
        assert done.stdout.splitlines()[-1] == "141", report
        assert done.stderr == "", report


def test_a_fault_of_our_own_is_told_with_a_crash_file(
    tcdata: Tcdata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No real fault is known, so one is made: the report that a user sends is what counts here."""
    import toolcall_data.cli.validate as broken

    monkeypatch.setenv("TCDATA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(broken, "_split", lambda names: 1 / 0)
    ran = tcdata.here("validate", "good.jsonl")
    assert ran.code == ExitCode.BUG
    assert "Traceback" not in ran.err
    (crash,) = (tmp_path / "cache" / "crashes").iterdir()
    assert str(crash) in ran.err
    assert "ZeroDivisionError" in crash.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["TCDATA_QUIET", "TCDATA_VERBOSE", "TCDATA_COLOR", "TCDATA_NO_PROGRESS"])
@pytest.mark.parametrize("value", ["", "1", "yes", "完全"])
def test_no_environment_variable_breaks_a_command(tcdata: Tcdata, name: str, value: str) -> None:
    ran = tcdata("validate", "good.jsonl", env={name: value})
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err


def test_help_names_every_exit_code(tcdata: Tcdata) -> None:
    text = tcdata.here("help", "exit-codes").out
    for code in ExitCode:
        assert str(int(code)) in text


def test_a_full_disk_is_an_error_and_no_crash(tcdata: Tcdata) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "toolcall_data", "validate", "bad.jsonl", "--format", "json"],
            cwd=tcdata.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=tcdata.environment(),
        )
    assert done.returncode == ExitCode.INPUT, done.stderr
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
