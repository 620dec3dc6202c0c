"""The shipped recipes, and the ones that `tcdata init` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from toolcall_data import bundled
from toolcall_data.pipeline import output_of, run_mix
from toolcall_data.recipe import Recipe, read_recipe
from toolcall_data.stages.train import check_settings

RECIPES = [path for path in bundled.files("recipes") if path.suffix == ".yaml"]


def test_recipes_are_shipped() -> None:
    assert {path.stem for path in RECIPES} == {"quickstart", "qwen3_4b_agent_zh"}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_shipped_recipe_says_how_to_run_it_and_is_sound(path: Path) -> None:
    loaded = read_recipe(path)
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert f"tcdata train {path.stem}" in path.read_text(encoding="utf-8")
    assert loaded.recipe.train is not None
    check_settings(loaded.recipe.train)


def test_the_json_schema_takes_shipped_recipes_and_short_forms_and_refuses_a_wrong_key() -> None:
    validator = Draft202012Validator(Recipe.model_json_schema())
    for path in RECIPES:
        validator.validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    validator.validate({"sources": {"a": "a.jsonl", "b": ["b.json"]}, "clean": ["exact_duplicates"]})
    assert not validator.is_valid({"sources": {"a": "a.jsonl"}, "clean": ["exact_duplicate"]})
    assert not validator.is_valid({"sources": {"a": {"pth": "a.jsonl"}}})


def test_quickstart_keeps_every_good_sample_and_no_broken_one(tmp_path: Path) -> None:
    loaded = read_recipe("quickstart", ["mix.take={}"])
    report = run_mix(loaded, tmp_path / "out")
    for source in ("tools", "agents", "chat"):
        assert report.tallies[source].kept == report.tallies[source].read > 50
    broken = report.tallies["broken"]
    assert broken.unreadable == 2
    assert broken.dropped.total() > 30
    assert "export.not_trainable" not in broken.dropped, "a rule must name every row that LLaMA-Factory would not train"


def test_init_writes_a_recipe_for_what_it_finds(tmp_path: Path, tcdata: Any) -> None:
    folder = tmp_path / "数据"
    folder.mkdir()
    for name in ("sharegpt", "alpaca"):
        (folder / f"{name}.jsonl").write_bytes((bundled.folder("samples") / f"{name}.jsonl").read_bytes())
    assert tcdata("init", "数据").code == 0
    assert "sharegpt: `conversations` holds" in (folder / "recipe.yaml").read_text(encoding="utf-8")
    assert tcdata("recipe", "check", "数据/recipe.yaml").code == 0
    mixed = tcdata("mix", "数据/recipe.yaml", "--dry-run")
    assert mixed.code == 0
    assert "total" in mixed.out
    again = tcdata("init", "数据")
    assert again.code == 2
    assert "--force" in again.err


def test_a_shipped_recipe_can_be_copied(tmp_path: Path, tcdata: Any) -> None:
    assert tcdata("init", "--from-recipe", "qwen3_4b_agent_zh", "--name", "mine").code == 0
    assert output_of(read_recipe(tmp_path / "mine.yaml"), None) == Path("out/mine")
    wrong = tcdata("init", "--from-recipe", "qwen3_4b_agent", "--name", "other")
    assert wrong.code == 2
    assert "did you mean `qwen3_4b_agent_zh`?" in wrong.err
