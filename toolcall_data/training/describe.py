"""Prints as JSON what an interpreter's environment holds of the trainer, without importing any of it.

Standalone and stdlib only: `trainer.py` calls it for its own interpreter and passes its source to another one.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path

DISTRIBUTIONS = (
    "llamafactory",
    "transformers",
    "torch",
    "torchvision",
    "torchaudio",
    "datasets",
    "peft",
    "trl",
    "accelerate",
    "tokenizers",
    "safetensors",
)


def describe() -> dict[str, object]:
    """The interpreter, and per distribution its version and package folder (None when not installed)."""
    return {
        "python": sys.executable,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "folders": {name: _folder(name) for name in ("llamafactory", "transformers", "torchvision", "torchaudio")},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folder(name: str) -> str | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return str(Path(next(iter(spec.submodule_search_locations))).resolve())


if __name__ == "__main__":
    print(json.dumps(describe()))
