from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from toolcall_data.cache import cache_dir
from toolcall_data.errors import InputError, UsageError
from toolcall_data.training.probe import environment, probe
from toolcall_data.training.trainer import Trainer, find_trainer, version_notes


@pytest.fixture
def bare_python(tmp_path: Path) -> Path:
    """An environment with a python and nothing installed."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.symlink_to(Path(sys.executable).resolve())
    (tmp_path / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n", encoding="utf-8")
    return python


def test_every_way_to_name_an_environment_finds_the_same(trainer: Trainer) -> None:
    ways = [trainer.python, trainer.python.parents[1], trainer.python.with_name("llamafactory-cli")]
    assert [find_trainer(str(way)) for way in ways] == [trainer] * 3
    assert (trainer.package / "cli.py").is_file()
    assert (trainer.transformers / "training_args.py").is_file()


def test_an_environment_without_llama_factory_says_how_to_install_it(bare_python: Path) -> None:
    for way in (bare_python, bare_python.parents[1]):
        with pytest.raises(InputError, match="no llamafactory") as caught:
            find_trainer(str(way))
        assert f"{bare_python} -m pip install 'llamafactory>=0.9.5,<0.10'" in (caught.value.hint or "")


def test_a_path_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    for way in (tmp_path, tmp_path / "none" / "python", tmp_path / "llamafactory-cli"):
        with pytest.raises(UsageError, match=r"train\.llamafactory"):
            find_trainer(str(way))


@pytest.mark.parametrize(("version", "notes"), [("0.9.5", 0), ("0.9.6.dev0", 0), ("0.9.4", 1), ("0.10.0", 1)])
def test_an_untested_version_gets_a_warning(trainer: Trainer, version: str, notes: int) -> None:
    assert len(version_notes(replace(trainer, version=version))) == notes


def test_absent_packages_need_no_process_to_know(trainer: Trainer) -> None:
    none = replace(trainer, python=Path("/nowhere/python"), versions={})
    assert probe(none) == {"torchvision": "absent", "torchaudio": "absent"}
    assert environment(none)["TCDATA_STAND_IN"] == "torchaudio"
    assert "TCDATA_HIDE" not in environment(none)


@pytest.mark.slow
def test_the_probe_tells_what_importing_would_do_and_remembers(trainer: Trainer) -> None:
    found = probe(trainer)
    assert set(found.values()) <= {"ok", "absent", "broken"}
    for name, condition in found.items():
        assert (condition == "absent") == (not trainer.has(name))
    if any(trainer.has(name) for name in found):
        assert list(cache_dir("trainer").glob("*.json"))
    assert ("TCDATA_STAND_IN" in environment(trainer)) == (found["torchaudio"] != "ok")
