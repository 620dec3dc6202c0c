"""The documents say what is so: commands, targets, files and rules that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from toolcall_data.cli.main import ALIASES, COMMANDS
from toolcall_data.prose import Language
from toolcall_data.recipe import Recipe
from toolcall_data.report.rule_text import rules_page
from toolcall_data.rules._registry import HEADINGS, explanation, rules

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = {name for group in COMMANDS.values() for name in group} | set(ALIASES)


def test_there_are_pages() -> None:
    assert {"README.md", "README.zh.md", "CONTRIBUTING.md", "architecture.md", "rules.md"} <= {p.name for p in PAGES}


@pytest.mark.parametrize(("name", "language"), [("rules.md", "en"), ("rules.zh.md", "zh")])
def test_the_pages_of_rules_are_fresh(name: str, language: Language) -> None:
    """`make docs` writes them."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == rules_page(rules(), language)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_targets_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"(?:`|^\$ |^)tcdata ([a-z]+)\b", text, re.MULTILINE):
        assert name in NAMES, f"{page.name} names `tcdata {name}`"
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE):
        assert name in targets, f"{page.name} names `make {name}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_recipe_in_the_readme_is_sound(page: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        Recipe.model_validate(YAML(typ="safe").load(block))


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_map_of_folders_is_true(page: str) -> None:
    folders = re.findall(r"^\| `([a-z_/]+/)`", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(folders) >= 8
    for folder in folders:
        assert (ROOT / folder).is_dir(), folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_rule_is_missing_a_part_of_its_explanation(language: Language) -> None:
    headings = HEADINGS[language]
    assert [rule.name for rule in rules() if tuple(explanation(rule, language).sections) != headings] == []
