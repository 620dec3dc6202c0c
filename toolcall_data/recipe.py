"""The recipe: its six stages as one model, read from YAML with errors that name file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, ValidationError

from toolcall_data.bundled import files
from toolcall_data.errors import InputError, RecipeError, UsageError
from toolcall_data.nearest import did_you_mean
from toolcall_data.settings import Settings, mistake_in
from toolcall_data.stages.check import CheckSettings
from toolcall_data.stages.clean import CleanStep
from toolcall_data.stages.export import ExportSettings
from toolcall_data.stages.load import SourceSettings
from toolcall_data.stages.mix import MixSettings
from toolcall_data.stages.train import TrainSettings

if TYPE_CHECKING:
    from toolcall_data.filters.base import Filter

Place = tuple[str | int, ...]
COMMAND_LINE = 0
"""Stands for the line of a key that was set on the command line."""


class Recipe(Settings):
    """From sources to a trained adapter: the keys are the stages, in the order they run."""

    model_config = ConfigDict(title="tcdata recipe")

    sources: dict[str, SourceSettings] = Field(min_length=1)
    """Where the rows come from, by a name of your choice, the ones to keep among duplicates first."""
    check: CheckSettings = CheckSettings()
    """What happens to rows that the rules complain of."""
    clean: list[CleanStep] = []
    """Filters, in order."""
    mix: MixSettings = MixSettings()
    """How much of each source, and what is held out."""
    export: ExportSettings = ExportSettings()
    """Where the mix is written."""
    train: TrainSettings | None = None
    """What LLaMA-Factory is told; None: the recipe only mixes."""

    @property
    def filters(self) -> list[Filter]:
        """The filters of `clean`."""
        return [step.filter for step in self.clean if step.filter is not None]


@dataclass(frozen=True)
class LoadedRecipe:
    """A recipe and where it was read. `lines` gives the line (from 1) of each key by its path."""

    recipe: Recipe
    path: Path
    lines: Mapping[Place, int]

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """What the recipe's paths are relative to."""
        return self.path.parent

    def place_of(self, *keys: str | int) -> str:
        """`file:line` of a key, or of the nearest one above it that is written."""
        return _place(self.path, self.lines, keys)


def read_recipe(name: str | Path, overrides: Sequence[str] = ()) -> LoadedRecipe:
    """Read a recipe, a shipped one by its bare name, with `key=value` overrides applied.

    Raises:
        InputError: there is no such file; RecipeError: it is no YAML, or a key or value is wrong.
    """
    path = _find(str(name))
    document, lines = _parse(path)
    for override in overrides:
        lines[_apply(document, override)] = COMMAND_LINE
    try:
        return LoadedRecipe(Recipe.model_validate(document), path, lines)
    except ValidationError as error:
        raise _explained(error, path, lines) from error


def _find(name: str) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    shipped = {file.stem: file for file in files("recipes")}
    if name in shipped:
        return shipped[name]
    if path.is_dir():
        raise UsageError(f"{name} is a folder; name the recipe file in it")
    near = [str(file) for file in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
    hint = did_you_mean(name, [*near, *shipped]) or f"shipped recipes: {', '.join(shipped)}; `tcdata init` writes one"
    raise InputError(f"no such recipe: {name}", hint=hint)


def _parse(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        found = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = (error.problem or "unreadable").strip().splitlines()[0]
        raise RecipeError(f"no YAML: {problem}", place=f"{path}:{line}") from error
    except YAMLError as error:
        raise RecipeError(f"no YAML: {str(error).splitlines()[0]}", place=path) from error
    if not isinstance(found, dict):
        raise RecipeError("a recipe is a mapping of stages: sources, check, clean, mix, export, train", place=path)
    lines: dict[Place, int] = {(): 1}
    return _plain(found, (), lines), lines


def _plain(node: Any, at: Place, lines: dict[Place, int]) -> Any:
    """Plain lists and dicts of a YAML tree; the line of every key goes into `lines`."""
    if isinstance(node, dict):
        for key in node:
            if hasattr(node, "lc") and node.lc.data and key in node.lc.data:
                lines[(*at, key)] = node.lc.data[key][0] + 1
        return {str(key): _plain(value, (*at, key), lines) for key, value in node.items()}
    if isinstance(node, list):
        for index in range(len(node)):
            if hasattr(node, "lc") and node.lc.data and index in node.lc.data:
                lines[(*at, index)] = node.lc.data[index][0] + 1
        return [_plain(value, (*at, index), lines) for index, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def _apply(document: dict[str, Any], override: str) -> Place:
    """Set one `a.b.c=value` and give its path; the value is read as YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    key, sign, text = override.partition("=")
    if not sign or not key.strip():
        raise UsageError(f"--set takes key=value, not `{override}`", hint="for example --set mix.seed=7")
    try:
        value = _plain(YAML(typ="rt").load(text), (), {}) if text.strip() else None
    except YAMLError as error:
        raise UsageError(f"--set {key}: `{text}` is no YAML value") from error
    *parents, last = key.strip().split(".")
    node: Any = document
    for part in parents:
        node = _child(node, part, key)
    if isinstance(node, list):
        if not last.isdigit() or int(last) >= len(node):
            raise UsageError(f"--set {key}: the list has no item `{last}`")
        node[int(last)] = value
    else:
        node[last] = value
    return tuple(int(part) if part.isdigit() else part for part in (*parents, last))


def _child(node: Any, part: str, key: str) -> Any:
    if isinstance(node, list):
        if not part.isdigit() or int(part) >= len(node):
            raise UsageError(f"--set {key}: the list has no item `{part}`")
        return node[int(part)]
    if not isinstance(node.get(part), dict | list):
        path = node.get(part)
        node[part] = {"path": path} if isinstance(path, str) else {}
    return node[part]


def _explained(error: ValidationError, path: Path, lines: Mapping[Place, int]) -> RecipeError:
    """The first mistake, in words: where it stands, what is wrong, the nearest valid name."""
    found = mistake_in(error, Recipe)
    return RecipeError(found.message, place=_place(path, lines, found.at), hint=found.hint)


def _place(path: Path, lines: Mapping[Place, int], at: Sequence[str | int]) -> str:
    for length in range(len(at), -1, -1):
        line = lines.get(tuple(at[:length]))
        if line is not None:
            return f"{path}:{line}" if line != COMMAND_LINE else "the command line"
    return str(path)
