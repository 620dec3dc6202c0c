"""Questions of benchmarks, against which rows are compared: read from the files that the environment names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolcall_data.conversation.model import JSON, Conversation, Origin
from toolcall_data.errors import InputError
from toolcall_data.formats.base import formats, recognise
from toolcall_data.near_duplicates import THRESHOLD
from toolcall_data.text_sketches import run_set

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

VARIABLE = "TCDATA_BENCHMARKS"
_SUFFIXES = (".json", ".jsonl", ".txt")
_ANSWERS = "possible_answer"
_SHORTEST = 12
"""Different runs of a question below which it may be asked by anyone: about sixteen characters."""
_CONTAINED = 0.9
"""What share of a question's runs a longer message must have to hold the question."""


def is_given() -> bool:
    """Whether the environment names any benchmark."""
    return bool(os.environ.get(VARIABLE, "").strip())


def given() -> Questions:
    """The questions of the benchmarks that the environment names, read once.

    Raises:
        InputError: a file cannot be read, or holds no question.
    """
    return _questions(os.environ.get(VARIABLE, ""))


@cache
def _questions(names: str) -> Questions:
    files = [file for name in names.split(os.pathsep) if name.strip() for file in _files(Path(name.strip()))]
    asked = {text: file.name for file in files for text in _asked_in(file)}
    if not asked:
        raise InputError(
            f"{VARIABLE} names no file with questions: {names}", hint="JSON, JSON Lines, or a question a line"
        )
    return Questions(list(asked), list(asked.values()))


class Questions:
    """Questions with the file each is from; 16 bytes for each run of five characters."""

    def __init__(self, texts: Sequence[str], files: Sequence[str]) -> None:
        import numpy as np

        sets = [run_set(text) for text in texts]
        kept = [index for index, runs in enumerate(sets) if len(runs) >= _SHORTEST]
        self._files = [files[index] for index in kept]
        self._sizes = np.array([len(sets[index]) for index in kept], dtype=np.int64)
        runs = np.concatenate([sets[index] for index in kept]) if kept else np.empty(0, dtype=np.uint64)
        order = np.argsort(runs, kind="stable")
        self._runs = runs[order]
        self._owners: Numbers = np.repeat(np.arange(len(kept)), self._sizes)[order]

    def __len__(self) -> int:
        return len(self._files)

    def held_by(self, text: str) -> str | None:
        """The file of the question that a text repeats or holds, None where it holds none."""
        import numpy as np

        runs = run_set(text)
        starts, ends = np.searchsorted(self._runs, runs), np.searchsorted(self._runs, runs, side="right")
        hits = np.flatnonzero(ends > starts)
        if len(hits) < _SHORTEST:
            return None
        owners = np.concatenate([self._owners[starts[hit] : ends[hit]] for hit in hits])
        shared = np.bincount(owners, minlength=len(self._files))
        alike = shared >= THRESHOLD * (self._sizes + len(runs) - shared)
        found = np.flatnonzero(alike | (shared >= _CONTAINED * self._sizes))
        return self._files[int(found[0])] if len(found) else None


def _files(path: Path) -> list[Path]:
    """The files of a name, without the answers that lie beside questions."""
    if path.is_dir():
        inside = (file for file in sorted(path.rglob("*")) if file.suffix in _SUFFIXES)
        return [file for file in inside if _ANSWERS not in file.parts]
    if not path.is_file():
        raise InputError(f"no benchmark at {path}", hint=f"{VARIABLE} names files or folders, parted by `{os.pathsep}`")
    return [path]


def _asked_in(file: Path) -> Iterator[str]:
    """What users ask in a file of rows of any format, or in one of a question a line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the benchmark {file}: {error}") from error
    if file.suffix == ".txt":
        yield from filter(None, map(str.strip, text.splitlines()))
        return
    rows = list(_rows(text))
    found = recognise(rows)
    if found is None:
        raise InputError(f"{file}: no format fits its rows", hint="`tcdata formats` lists those that are read")
    yield from _asked(formats()[found.name]().read(row, Origin()) for row in rows)


def _asked(conversations: Iterable[Conversation]) -> Iterator[str]:
    for conversation in conversations:
        for message in conversation.messages:
            if message.role == "user":
                yield message.text


def _rows(text: str) -> Iterator[dict[str, JSON]]:
    """The objects of a JSON array, or of JSON Lines; anything else is passed over."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = [_value(line) for line in text.splitlines()]
    for row in whole if isinstance(whole, list) else [whole]:
        if isinstance(row, dict):
            yield row


def _value(line: str) -> JSON:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
