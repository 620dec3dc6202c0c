"""A whole file as LLaMA-Factory's loader meets it, gathered while its rows pass by.

Source: datasets 4.0.0, packaged_modules/json: JSON Lines are read by PyArrow in pieces of 10 MB, each with types of
its own that are cast to those of the first; an array, which PyArrow refuses, is read whole by pandas. Then
data/converter.py and data/processor of LLaMA-Factory 0.9.5 are mapped over the rows, 1000 at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.target.convert import convert
from toolcall_data.target.outcome import EndedError
from toolcall_data.target.registration import Registration
from toolcall_data.target.shapes import Path, Place, Shapes

Loader: TypeAlias = Literal["array", "lines", "parquet"]
"""Which way a file is loaded: an array by pandas, lines (or objects one after another) by PyArrow."""

BATCH = 1000
"""Rows that `Dataset.map` writes, and LLaMA-Factory tokenises, at a time."""

_SECOND_LOOKS = 100


class Watch:
    """What one process gathers of a file's rows; those of several pieces are merged in order."""

    def __init__(self, registration: Registration | None) -> None:
        self.registration = registration
        self.shapes = Shapes()
        self.kept: set[int] = set()
        self.twice: tuple[Place, str] | None = None
        self.padded: tuple[Place, str] | None = None
        self.padded_rows = 0
        self._looks = _SECOND_LOOKS

    def see(self, value: JSON, place: Place, text: bytes | str | None) -> None:
        """Take in a row as it stands in the file."""
        keys = self.shapes.add(value, place)
        if text is not None and self.twice is None and self._looks and _keys_written(text) > keys:
            self._looks -= 1
            if (key := _key_twice(text)) is not None:
                self.twice = (place, key)
        if self.registration is not None and place[0] // BATCH not in self.kept and self._is_kept(value):
            self.kept.add(place[0] // BATCH)

    def read(self, conversation: Conversation) -> None:
        """Take in what a format made of a row."""
        text = conversation.tools_text
        if text is None or "null" not in text:
            return
        for tool in conversation.tools:
            parameters = tool.parameters
            properties = parameters.get("properties") if isinstance(parameters, dict) else None
            nulls = (
                [name for name, schema in properties.items() if schema is None] if isinstance(properties, dict) else []
            )
            if nulls:
                self.padded_rows += 1
                if self.padded is None and conversation.origin.row is not None:
                    self.padded = ((conversation.origin.row, conversation.origin.line), nulls[0])
                return

    def merge(self, later: Watch) -> None:
        """Take in what was gathered from rows that follow."""
        self.shapes.merge(later.shapes)
        self.kept |= later.kept
        self.twice = self.twice or later.twice
        self.padded = self.padded or later.padded
        self.padded_rows += later.padded_rows

    def _is_kept(self, row: JSON) -> bool:
        """Whether the trainer would keep the row, or fail on it for another reason."""
        assert self.registration is not None
        if type(row) is not dict:
            return True
        try:
            convert(row, self.registration)
        except EndedError as ended:
            return ended.outcome.kind != "drops"
        except RecursionError:
            pass
        return True


@dataclass(frozen=True)
class SeenFile:
    """A file whose rows have been read: `borders` are the first rows of its second and later 10 MB."""

    path: str
    loader: Loader
    has_mark: bool
    watch: Watch
    borders: tuple[int, ...] = ()

    @property
    def shapes(self) -> Shapes:
        return self.watch.shapes


@dataclass(frozen=True)
class SeenSet:
    """The files of one dataset, in the order of their names, and how the trainer reads their rows.

    `is_shuffled` says that rows are taken by chance (`num_samples`), so that their order in the file means nothing.
    """

    files: tuple[SeenFile, ...]
    registration: Registration
    is_shuffled: bool = False

    @property
    def rows(self) -> int:
        return sum(file.shapes.rows for file in self.files)

    def is_read(self, path: Path) -> bool:
        """Whether a place lies in a column that the trainer reads."""
        return bool(path) and path[0] in self.registration.columns.values()


def _keys_written(text: bytes | str) -> int:
    """Keys in the text of a row, those inside strings not counted; fewer where blanks stand before colons."""
    if isinstance(text, bytes):
        return text.count(b'":') - text.count(b'\\":')
    return text.count('":') - text.count('\\":')


def _key_twice(text: bytes | str) -> str | None:
    """A key that one object of a row has twice."""
    found: list[str] = []

    def pairs(items: list[tuple[str, JSON]]) -> JSON:
        keys = [key for key, _ in items]
        found.extend(key for key in keys if len(keys) > len(set(keys)) and keys.count(key) > 1)
        return dict(items)

    look: Callable[[bytes | str], JSON] = json.JSONDecoder(object_pairs_hook=pairs).decode  # type: ignore[assignment]
    try:
        look(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None
