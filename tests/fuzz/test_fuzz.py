"""Whatever a file holds is read, checked, mended, converted and told of: a short run of the fuzzer and a longer one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.inputs import input_of


def fuzz(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, which sets limits of memory and time for itself."""
    command = [sys.executable, "-m", "tests.fuzz.run", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_an_input_follows_from_seed_and_number() -> None:
    inputs = [input_of(5, number) for number in range(300)]
    assert inputs == [input_of(5, number) for number in range(300)]
    assert len({found.data for found in inputs}) > 280
    assert {found.kind for found in inputs} == {"file", "values", "texts"}
    assert inputs != [input_of(6, number) for number in range(300)]


def test_a_larger_scale_makes_longer_inputs_of_the_same_kind() -> None:
    pairs = [(input_of(5, number), input_of(5, number, 2)) for number in range(600)]
    assert all(one.kind == other.kind for one, other in pairs)
    assert sum(len(other.data) > 1.5 * len(one.data) > 15_000 for one, other in pairs) > 2


def test_a_short_run_finds_nothing(root: Path) -> None:
    ran = fuzz(root, "--inputs", "2000", "--jobs", "1", "--seed", "2")
    assert "2,000 inputs" in ran.stdout, ran.stderr
    assert ran.stdout.rstrip().endswith("failures: 0"), ran.stdout
    assert ran.returncode == 0


@pytest.mark.slow
def test_a_long_run_finds_nothing(root: Path) -> None:
    ran = fuzz(root, "--inputs", "20000", "--jobs", "2", "--seed", "3")
    assert ran.stdout.rstrip().endswith("failures: 0"), ran.stdout
    assert ran.returncode == 0
