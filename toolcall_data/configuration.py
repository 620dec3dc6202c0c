"""The project's settings: `tcdata.toml`, or `[tool.tcdata]` in pyproject.toml, with errors that name file and line.

extend = "../tcdata.toml"          # settings to begin with

[validate]
ignore = ["zh.halfwidth_punct"]
fail-on = "error"
baseline = "baseline.json"

[severity]
"call.format" = "error"

[per-path."raw/*.jsonl"]
ignore = ["conv.call_in_text"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator

from toolcall_data.errors import InputError, RecipeError, UsageError
from toolcall_data.rules._registry import chosen
from toolcall_data.rules.base import Severity
from toolcall_data.settings import Settings, mistake_in

FILE_NAME = "tcdata.toml"
PYPROJECT = "pyproject.toml"
_MOST_EXTENDED = 8

Level = Literal["error", "warning", "info"]


def _hyphens(name: str) -> str:
    return name.replace("_", "-")


class _Section(Settings):
    """Keys are written with hyphens, as usual in TOML."""

    model_config = ConfigDict(alias_generator=_hyphens, populate_by_name=True)


def _known(names: list[str]) -> list[str]:
    """Raises ValueError where a name fits no rule."""
    if not names:
        return names
    try:
        chosen(names)
    except UsageError as error:
        raise ValueError(f"{error.message}; {error.hint}" if error.hint else error.message) from error
    return names


class ValidateSettings(_Section):
    """What `tcdata validate` does where its options say nothing."""

    select: list[str] = []
    """Only these rules: code, name, prefix or glob. None means all but statistics."""
    ignore: list[str] = []
    """Not these rules."""
    extend_select: list[str] = []
    """These rules as well."""
    fail_on: str = "error"
    """Exit 1 if there is such a finding: error, warning, info, never, or rules."""
    target: str = "llamafactory:qwen3"
    """The trainer and template whose verdict is predicted, or `none`."""
    baseline: str | None = None
    """A file of known findings that are not reported again; relative to the settings file."""
    jobs: int | None = Field(default=None, ge=1)
    """Processes; None: one a core, at most eight."""

    _select = field_validator("select", "ignore", "extend_select")(_known)


class PathSettings(_Section):
    """What is different for some files."""

    ignore: list[str] = []
    """Rules that are not judged there."""
    severity: dict[str, Level] = {}
    """Severities of rules there."""

    _ignore = field_validator("ignore")(_known)

    @field_validator("severity")
    @classmethod
    def _rules(cls, value: dict[str, Level]) -> dict[str, Level]:
        _known(list(value))
        return value


class Configuration(_Section):
    """All settings of a project."""

    extend: str | None = None
    """A settings file to begin with, relative to this one."""
    validation: ValidateSettings = Field(default=ValidateSettings(), alias="validate")
    """For `tcdata validate` and `tcdata fix`."""
    severity: dict[str, Level] = {}
    """Severities other than the rules' own, by code, name, prefix or glob."""
    per_path: dict[str, PathSettings] = {}
    """Differences for files, by a glob of the path relative to this file; `*` stands for slashes too."""

    @field_validator("severity")
    @classmethod
    def _rules(cls, value: dict[str, Level]) -> dict[str, Level]:
        _known(list(value))
        return value


class Found(Settings):
    """A configuration and the file it stands in, None for the defaults."""

    configuration: Configuration = Configuration()
    path: Path | None = None

    @property
    def folder(self) -> Path:
        """What paths in the settings are relative to."""
        return self.path.parent if self.path is not None else Path()


def severity_of(level: Level) -> Severity:
    return Severity[level.upper()]


def find(inputs: Sequence[str], named: str | None = None) -> Found:
    """The settings for these inputs: the named file, else the nearest above the first input, else above here.

    The search ends at the root of a git repository. With nothing found, the defaults.

    Raises:
        InputError: the named file cannot be read; RecipeError: a key or value is wrong.
    """
    if named is not None:
        return read(Path(named))
    starts = [Path(inputs[0])] if inputs and inputs[0] != "-" else []
    for start in [*starts, Path()]:
        if (path := _above(start.absolute())) is not None:
            return read(path)
    return Found()


def _above(start: Path) -> Path | None:
    for folder in [start, *start.parents]:
        for name in (FILE_NAME, PYPROJECT):
            path = folder / name
            if path.is_file() and (name == FILE_NAME or _has_section(path)):
                return path
        if (folder / ".git").exists():
            return None
    return None


def _has_section(path: Path) -> bool:
    try:
        return re.search(rb"^\[tool\.tcdata[\].]", path.read_bytes(), re.MULTILINE) is not None
    except OSError:
        return False


def read(path: Path) -> Found:
    """The settings of one file, on top of those it extends.

    Raises:
        InputError: it cannot be read; RecipeError: it is no TOML, or a key or value is wrong.
    """
    document, text = _document(path)
    try:
        own = Configuration.model_validate(document)
        whole = _merged(path, document, [path])
        return Found(configuration=own if whole == document else Configuration.model_validate(whole), path=path)
    except ValidationError as error:
        mistake = mistake_in(error, Configuration)
        raise RecipeError(mistake.message, place=f"{path}:{_line_of(text, mistake.at)}", hint=mistake.hint) from error


def _merged(path: Path, document: dict[str, Any], seen: list[Path]) -> dict[str, Any]:
    """The document on top of what it extends; tables are joined, everything else is replaced."""
    base = document.get("extend")
    if not isinstance(base, str):
        return document
    below = (path.parent / base).resolve()
    if below in seen or len(seen) > _MOST_EXTENDED:
        raise RecipeError(f"`extend` goes round in circles at {base}", place=path)
    found, _ = _document(below)
    read(below)
    return _joined(_merged(below, found, [*seen, below]), document)


def _joined(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _joined(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }
    return {**below, **both}


def _document(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise RecipeError(f"no TOML: {error}", place=f"{path}:{line[1] if line else 1}") from error
    if path.name != PYPROJECT:
        return found, text
    section = found.get("tool", {}).get("tcdata", {})
    return (section if isinstance(section, dict) else {}), text


def _line_of(text: str, at: Sequence[str | int]) -> int:
    """The line (from 1) of a key: the TOML reader tells none, so the key is looked for under its table's head."""
    keys = [str(part) for part in at if isinstance(part, str)]
    table: list[str] = []
    best = (0, 1)
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[([^\]]+)\]", line):
            table = [bare or quoted for quoted, bare in re.findall(r'"([^"]*)"|([\w-]+)', head[1])]
            table = table[2:] if table[:2] == ["tool", "tcdata"] else table
            written = table
        elif key := re.match(r'\s*(?:"([^"]*)"|([\w-]+))\s*=', line):
            written = [*table, key[1] or key[2]]
        else:
            continue
        if keys[: len(written)] == written and len(written) > best[0]:
            best = (len(written), number)
    return best[1]
