"""From what a user names (files, folders, globs, `-`) to the files that are read."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from toolcall_data.errors import EmptyError, InputError
from toolcall_data.nearest import nearest

STDIN = "-"
DATA_SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet")
PACKED_SUFFIXES = (".gz", ".zst")
_NOT_DATA = frozenset({"dataset_info.json", "manifest.json", "dropped.jsonl", "run.json", "package.json"})


def expand(names: Iterable[str | Path]) -> list[str]:
    """The files that `names` mean, in order, each once: a folder means the data files directly in it.

    Raises:
        InputError: a file or folder does not exist.
        EmptyError: a folder or a glob holds no data file.
    """
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_expand_one(str(name))))
    return list(found)


def _expand_one(name: str) -> list[str]:
    path = Path(name)
    if name == STDIN or path.is_file():
        return [name]
    if path.is_dir():
        return _of_folder(path)
    if glob.has_magic(name):
        matches = [match for match in sorted(glob.glob(name, recursive=True)) if Path(match).is_file()]
        if not matches:
            raise EmptyError(f"no file matches `{name}`")
        return matches
    if path.exists():
        return [name]
    raise InputError(f"no such file: {name}", hint=_near(path))


def _of_folder(folder: Path) -> list[str]:
    try:
        names = sorted(path for path in folder.iterdir() if is_data(path))
    except PermissionError as error:
        raise InputError(f"no permission to read the folder {folder}") from error
    if not names:
        raise EmptyError(
            f"the folder {folder} holds no data file", hint="data files: *.jsonl *.json *.parquet (.gz, .zst)"
        )
    return [str(path) for path in names]


def is_data(path: Path) -> bool:
    """Whether a folder's file is read as data: by its suffix, hidden files and tcdata's own files left out."""
    name = path.name
    for packed in PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    return path.is_file() and name.endswith(DATA_SUFFIXES) and name not in _NOT_DATA and not name.startswith(".")


def _near(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"there is no folder {path.parent}"
    found = nearest(path.name, names)
    return f"did you mean `{path.parent / found[0]}`?" if found else None
