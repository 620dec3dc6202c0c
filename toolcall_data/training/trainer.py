"""Finds the installed LLaMA-Factory and reads its versions, without importing it, torch or transformers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolcall_data.errors import InputError, TrainerError, UsageError
from toolcall_data.events import Note
from toolcall_data.training import describe

TESTED = {
    "llamafactory": "0.9.5",
    "transformers": "5.6.0",
    "torch": "2.13.0",
    "datasets": "4.0.0",
    "peft": "0.18.1",
    "trl": "0.24.0",
    "accelerate": "1.11.0",
}
"""The set of versions that tcdata's own tests train with; constraints.txt pins the same and says why."""

OLDEST, TOO_NEW = (0, 9, 5), (0, 10)


@dataclass(frozen=True, slots=True)
class Trainer:
    """One environment that holds LLaMA-Factory.

    `package` and `transformers` are package folders; `versions` maps a distribution to its version, None when it is
    not installed.
    """

    python: Path
    version: str
    package: Path
    transformers: Path
    transformers_version: str
    torch_version: str
    versions: dict[str, str | None] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the distribution `name` is installed there, working or not."""
        return self.versions.get(name) is not None


def find_trainer(llamafactory: str | None = None) -> Trainer:
    """The trainer of this interpreter's environment, or of the one that `llamafactory` names.

    `llamafactory` is the path of a python, of an environment's folder or of a `llamafactory-cli`.

    Raises:
        UsageError: the path names none of these.
        InputError: that environment has no LLaMA-Factory, or no torch or transformers for it.
    """
    if llamafactory is None:
        return _trainer(Path(sys.executable), describe.describe())
    python = _interpreter(Path(llamafactory).expanduser().absolute())
    return _trainer(python, _described(python))


def version_notes(trainer: Trainer) -> list[Note]:
    """A warning when `trainer` is a LLaMA-Factory that tcdata was not made for; usually empty."""
    if OLDEST <= _numbers(trainer.version) < TOO_NEW:
        return []
    text = (
        f"LLaMA-Factory {trainer.version} is outside the range tcdata was tested with (0.9.5 to below 0.10; "
        f"constraints.txt pins {TESTED['llamafactory']}): options and logs may have changed"
    )
    return [Note(text, level="warning")]


def script_environment() -> dict[str, str]:
    """The process environment for a script of this package run by the trainer's interpreter.

    Without PYTHONSAFEPATH the script's neighbours here would shadow top-level modules of the same name.
    """
    return {**os.environ, "PYTHONSAFEPATH": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def _interpreter(place: Path) -> Path:
    if place.is_dir():
        candidates = [place / "bin" / "python", place / "python", place / "Scripts" / "python.exe"]
    elif place.name.startswith("python"):
        candidates = [place]
    else:
        candidates = [place.with_name("python"), *_shebang(place)]
    found = next((python for python in candidates if python.is_file()), None)
    if found is None or not place.exists():
        raise UsageError(
            f"train.llamafactory: {place} is no python, no environment folder and no llamafactory-cli",
            hint="name the python of the environment in which LLaMA-Factory is installed, or leave the setting out",
        )
    return found


def _shebang(script: Path) -> list[Path]:
    if not script.is_file():
        return []
    with script.open("rb") as file:
        first = file.readline(500).decode("utf-8", "replace")
    found = re.match(r"#!\s*(\S*python[\d.]*)", first)
    return [Path(found[1])] if found else []


def _described(python: Path) -> dict[str, Any]:
    source = Path(describe.__file__).read_text(encoding="utf-8")
    try:
        done = subprocess.run(
            [str(python), "-c", source], capture_output=True, text=True, timeout=60, env=script_environment()
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise TrainerError(
            f"{python} did not answer when asked for its packages: {error}",
            hint="check train.llamafactory: it must name a Python 3.10 or newer that runs on this machine",
        ) from error
    return answer


def _trainer(python: Path, found: dict[str, Any]) -> Trainer:
    versions, folders = found["versions"], found["folders"]
    missing = [name for name in ("llamafactory", "transformers", "torch") if versions[name] is None]
    if not folders["llamafactory"] or not folders["transformers"] or missing:
        raise _not_installed(python, missing or ["llamafactory"])
    return Trainer(
        python=python,
        version=versions["llamafactory"],
        package=Path(folders["llamafactory"]),
        transformers=Path(folders["transformers"]),
        transformers_version=versions["transformers"],
        torch_version=versions["torch"],
        versions=versions,
    )


def _not_installed(python: Path, missing: list[str]) -> InputError:
    if str(python) == sys.executable:
        remedy = "pip install 'tcdata[train]'"
    else:
        remedy = f"{python} -m pip install 'llamafactory>=0.9.5,<0.10'"
    return InputError(
        f"training needs LLaMA-Factory, and {python} has no {' and no '.join(missing)}",
        hint=f"run `{remedy}`, or name another environment in train.llamafactory",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])
