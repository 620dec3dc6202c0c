"""Recipes made on the spot, and the mixes they give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.pipeline import MixReport, run_mix
from toolcall_data.recipe import read_recipe


@dataclass(frozen=True)
class Kitchen:
    """Writes sources and recipes into a folder and mixes them."""

    folder: Path

    def source(self, name: str, rows: Sequence[Any]) -> str:
        """A JSON Lines file of rows (text stands for itself); its name."""
        texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows]
        (self.folder / f"{name}.jsonl").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return f"{name}.jsonl"

    def recipe(self, **stages: Any) -> Path:
        path = self.folder / "recipe.yaml"
        path.write_text(json.dumps(stages, ensure_ascii=False), encoding="utf-8")
        return path

    def mix(self, output: str = "mix", overrides: Sequence[str] = (), **stages: Any) -> MixReport:
        return run_mix(read_recipe(self.recipe(**stages), overrides), self.folder / output)

    def rows(self, output: str = "mix", file: str = "train") -> list[Any]:
        text = (self.folder / output / f"{file}.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]

    def said(self, output: str = "mix", file: str = "train") -> list[str]:
        """What the user says first in every row."""
        return [row["conversations"][0]["value"] for row in self.rows(output, file)]


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)
