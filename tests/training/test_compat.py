"""What the trainer's interpreter sees with `compat/` on its path, on packages made for the purpose."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolcall_data.training.probe import COMPAT


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("torchvision", "torchaudio"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('does not fit torch')", encoding="utf-8")
    return tmp_path


def python(code: str, *path: Path, **variables: str) -> str:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))} | variables
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


HIDDEN = {"TCDATA_HIDE": "torchvision", "TCDATA_STAND_IN": "torchaudio"}

LOOK = """
import importlib.util
print(importlib.util.find_spec("torchvision") is not None)
try:
    import torchvision
    print("imported")
except ModuleNotFoundError:
    print("absent")
"""


def test_a_hidden_package_looks_as_if_it_were_not_installed(site: Path) -> None:
    assert python(LOOK, COMPAT, site, **HIDDEN).split() == ["False", "absent"]


def test_nothing_changes_without_the_variables(site: Path) -> None:
    (site / "torchvision" / "__init__.py").write_text("", encoding="utf-8")
    assert python(LOOK, COMPAT, site).split() == ["True", "imported"]


def test_the_stand_in_can_be_imported_and_not_used(site: Path) -> None:
    code = """
import importlib.util
import torchaudio
from torchaudio import functional
assert importlib.util.find_spec("torchaudio") is not None
assert not hasattr(torchaudio, "__path__")
print(torchaudio.__version__)
for use in (torchaudio.load, torchaudio.functional.resample, functional.resample):
    try:
        use("a.wav")
    except RuntimeError as error:
        print(error)
"""
    version, *errors = python(code, COMPAT, site, **HIDDEN).splitlines()
    assert version == "0.0.0"
    assert [error.split()[0] for error in errors] == ["torchaudio.load"] + 2 * ["torchaudio.functional.resample"]
    assert all("text-only" in error for error in errors)


def test_it_reaches_the_children_of_children(site: Path) -> None:
    code = f"""
import subprocess, sys
print(subprocess.run([sys.executable, "-c", {LOOK!r}], capture_output=True, text=True, check=True).stdout)
"""
    assert python(code, COMPAT, site, **HIDDEN).split() == ["False", "absent"]


def test_a_sitecustomize_of_the_user_s_own_still_runs(site: Path) -> None:
    (site / "sitecustomize.py").write_text("import sys; sys.own_was_run = __file__", encoding="utf-8")
    found = python("import sys; print(sys.own_was_run)", COMPAT, site, **HIDDEN)
    assert found == str(site / "sitecustomize.py")


def test_it_adds_little_to_the_start_of_python() -> None:
    code = "import sys; print(len(sys.modules))"
    bare, extra = int(python(code)), int(python(code, COMPAT, **HIDDEN))
    assert extra - bare <= 25
