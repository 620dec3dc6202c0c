"""What each command imports: the start-up time of the command line is decided there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolcall_data.cli.main import ALIASES, COMMANDS

if TYPE_CHECKING:
    from tests.conftest import Tcdata

HEAVY = {"pydantic", "polars", "rich", "textual", "numpy", "orjson", "jsonschema", "jsonschema_rs", "ruamel", "asyncio"}
TRAINER = {"torch", "transformers", "datasets", "llamafactory", "tokenizers", "pandas", "pyarrow"}
NAMES = [name for group in COMMANDS.values() for name in group]


def imported(tcdata: Tcdata, *arguments: str | Path, code: int = 0) -> set[str]:
    """The top-level modules that a command line imports."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "toolcall_data", *map(str, arguments)],
        cwd=tcdata.folder,
        capture_output=True,
        text=True,
        env=tcdata.environment(),
        stdin=subprocess.DEVNULL,
    )
    assert ran.returncode == code, ran.stderr[-2000:]
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    found = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "toolcall_data" in found
    return found


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_imports_next_to_nothing(tcdata: Tcdata, option: str) -> None:
    assert not imported(tcdata, option) & (HEAVY | TRAINER | {"click", "inspect", "json"})


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), *((name, "--help") for name in NAMES)], ids=" ".join)
def test_help_imports_no_library_but_click(tcdata: Tcdata, arguments: tuple[str, ...]) -> None:
    assert not imported(tcdata, *arguments) & (HEAVY | TRAINER)


def test_wrong_use_is_answered_without_the_libraries(tcdata: Tcdata) -> None:
    assert not imported(tcdata, "vaildate", code=2) & (HEAVY | TRAINER)


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "rows.jsonl", "--exit-zero"),
        ("explain", "call.enum"),
        ("rules",),
        ("formats",),
        ("recipe", "check", "recipe.yaml"),
        ("recipe", "schema"),
        ("mix", "recipe.yaml", "-o", "mix"),
        ("init", ".", "--name", "own"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_loads_the_trainers_stack(tcdata: Tcdata, samples: Path, arguments: tuple[str, ...]) -> None:
    _write_inputs(tcdata.folder, samples)
    assert not imported(tcdata, *arguments) & (TRAINER | {"textual"})


@pytest.mark.slow
def test_training_leaves_the_trainers_stack_to_its_child(tcdata: Tcdata, samples: Path) -> None:
    pytest.importorskip("llamafactory", reason="LLaMA-Factory is not installed", exc_type=ImportError)
    _write_inputs(tcdata.folder, samples)
    assert not imported(tcdata, "train", "recipe.yaml", "--dry-run") & (TRAINER | {"textual"})


def test_validate_loads_no_data_frames(tcdata: Tcdata, samples: Path) -> None:
    """numpy compares the texts of rows, so only a set of two different rows or more needs it."""
    _write_inputs(tcdata.folder, samples)
    assert not imported(tcdata, "validate", "rows.jsonl", "--exit-zero") & {"polars", "rich", "ruamel"}
    row = (tcdata.folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()[0]
    (tcdata.folder / "one.jsonl").write_text(f"{row}\n{row}\n", encoding="utf-8")
    assert "numpy" not in imported(tcdata, "validate", "one.jsonl", "--exit-zero")
    assert "numpy" not in imported(tcdata, "validate", "rows.jsonl", "--exit-zero", "--ignore", "ds.near_dup")


def test_aliases_name_commands() -> None:
    assert set(ALIASES.values()) <= set(NAMES)
    assert not set(ALIASES) & set(NAMES)


def _write_inputs(folder: Path, samples: Path) -> None:
    (folder / "rows.jsonl").write_bytes((samples / "sharegpt.jsonl").read_bytes())
    recipe = {"sources": {"rows": "rows.jsonl"}, "train": {"model": "tiny"}}
    (folder / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
