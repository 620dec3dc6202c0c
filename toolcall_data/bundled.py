"""Where the shipped recipes and samples lie, in the repository and in an installed wheel alike."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal


def folder(name: Literal["recipes", "samples", "tui"]) -> Path:
    """The folder of the shipped `name`."""
    return Path(str(resources.files(f"toolcall_data.{name}")))


def files(name: Literal["recipes", "samples"]) -> list[Path]:
    """The shipped data files of `name`, sorted."""
    return sorted(path for path in folder(name).iterdir() if path.suffix in {".yaml", ".jsonl"})
