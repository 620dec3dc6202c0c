"""LLaMA-Factory's dataset_info.json: reading its entries as the trainer does, and writing ours beside others'.

Source: LLaMA-Factory 0.9.5, data/parser.py. An entry's `columns` or `tags` block, once present, replaces all defaults:
what it leaves out becomes None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from toolcall_data.atomic import write_whole
from toolcall_data.conversation.model import JSON
from toolcall_data.errors import InputError, RecipeError
from toolcall_data.formats import alpaca, sharegpt
from toolcall_data.formats.alpaca import Alpaca
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.nearest import did_you_mean
from toolcall_data.sources.paths import is_data

FILE_NAME = "dataset_info.json"


@dataclass(frozen=True)
class Entry:
    """One dataset of a dataset_info.json, as LLaMA-Factory reads it."""

    name: str
    info: Path
    keys: Mapping[str, JSON]

    @property
    def formatting(self) -> str:
        return str(self.keys.get("formatting", "alpaca"))

    @property
    def columns(self) -> Mapping[str, str | None] | None:
        """The `columns` block, None where there is none."""
        return _block(self, "columns")

    @property
    def tags(self) -> Mapping[str, str | None] | None:
        """The `tags` block, None where there is none."""
        return _block(self, "tags")


def _block(entry: Entry, name: str) -> Mapping[str, str | None] | None:
    found = entry.keys.get(name)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise RecipeError(f"`{entry.name}.{name}` is not an object", place=entry.info)
    return found


def read_info(path: Path) -> dict[str, Mapping[str, JSON]]:
    """The entries of a dataset_info.json by name.

    Raises:
        InputError: the file is missing or unreadable; RecipeError: it is no JSON object of objects.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8") from error
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise RecipeError(f"no JSON: {error.msg}", place=f"{path}:{error.lineno}") from error
    if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
        raise RecipeError("a dataset_info.json is an object of datasets, each an object", place=path)
    return found


def read_entry(path: Path, name: str) -> Entry:
    """One entry.

    Raises:
        RecipeError: there is no dataset of this name.
    """
    entries = read_info(path)
    if name not in entries:
        hint = did_you_mean(name, entries) or f"it has: {', '.join(sorted(entries)) or 'none'}"
        raise RecipeError(f"no dataset named `{name}`", place=path, hint=hint)
    return Entry(name, path, entries[name])


def local_files(entry: Entry, info: Path) -> list[str]:
    """The files of an entry.

    Raises:
        RecipeError: the entry names no local file; InputError: the file is missing.
    """
    name = entry.keys.get("file_name")
    if not isinstance(name, str):
        remote = [key for key in ("hf_hub_url", "ms_hub_url", "om_hub_url", "cloud_file_name") if key in entry.keys]
        hint = f"it is remote (`{remote[0]}`): download it and name the copy by `path`" if remote else None
        raise RecipeError(f"`{entry.name}` has no `file_name`", place=info, hint=hint)
    path = info.parent / name
    if path.is_dir():
        return [str(file) for file in sorted(path.iterdir()) if is_data(file)]
    if not path.is_file():
        raise InputError(f"no such file: {path} (dataset `{entry.name}` of {info})")
    return [str(path)]


def format_of(entry: Entry) -> Format:
    """The format with the entry's columns and tags.

    Raises:
        RecipeError: `formatting` is unknown.
    """
    if entry.formatting == "sharegpt":
        columns, tags = entry.columns, entry.tags
        return ShareGPT(
            sharegpt.Columns(*(columns.get(key) for key in ("messages", "system", "tools")))
            if columns is not None
            else sharegpt.Columns(system=None, tools=None),
            sharegpt.Tags(**{field.name: tags.get(field.name) for field in fields(sharegpt.Tags)})
            if tags is not None
            else None,
        )
    if entry.formatting == "alpaca":
        columns = entry.columns
        if columns is None:
            return Alpaca(alpaca.Columns(history=None, system=None, tools=None))
        return Alpaca(alpaca.Columns(**{field.name: columns.get(field.name) for field in fields(alpaca.Columns)}))
    if entry.formatting == "openai":
        return OpenAI()
    hint = did_you_mean(entry.formatting, ("alpaca", "sharegpt", "openai"))
    raise RecipeError(f"`{entry.name}.formatting` is `{entry.formatting}`", place=entry.info, hint=hint)


def written(existing: Mapping[str, Mapping[str, JSON]], ours: Mapping[str, Mapping[str, JSON]]) -> bytes:
    """The text of a dataset_info.json with our entries among the others.

    Pure ASCII: the trainer opens the file without naming an encoding.
    """
    return (json.dumps({**existing, **ours}, ensure_ascii=True, indent=2) + "\n").encode("ascii")


def merge_into(path: Path, ours: Mapping[str, Mapping[str, JSON]]) -> None:
    """Write our entries into a dataset_info.json, atomically; other entries stay, and the old file is kept as `.bak`.

    Raises:
        InputError, RecipeError: an existing file cannot be read, and would be lost.
    """
    existing = read_info(path) if path.exists() else {}
    text = written(existing, ours)
    if path.exists():
        before = path.read_bytes()
        if before == text:
            return
        write_whole(path.with_name(f"{path.name}.bak"), before)
    write_whole(path, text)
