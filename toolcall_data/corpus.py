"""The corpus: a polars frame with one row per conversation, and a file that holds their canonical JSON.

The frame has where each conversation was read (`source, path, row, line, format`), whether a fix mended it
(`is_fixed`), its measures (see `conversation.measures`), and where its JSON lies in the store (`offset, length`, in
bytes). Objects are streamed out of the store one at a time and never held as a list: memory grows by the scalars of
a row, not by its text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from toolcall_data.conversation.canonical import from_json, to_json
from toolcall_data.conversation.measures import Measures, measure
from toolcall_data.conversation.model import Conversation, Origin

_CHUNK = 8192

_TYPES: dict[str, pl.DataType] = {
    "source": pl.Categorical(),
    "path": pl.Categorical(),
    "row": pl.Int64(),
    "line": pl.Int64(),
    "format": pl.Categorical(),
    "is_fixed": pl.Boolean(),
    "key": pl.UInt64(),
    "n_messages": pl.Int32(),
    "n_turns": pl.Int32(),
    "n_calls": pl.Int32(),
    "n_results": pl.Int32(),
    "n_tools": pl.Int32(),
    "max_parallel": pl.Int32(),
    "has_thinking": pl.Boolean(),
    "has_system": pl.Boolean(),
    "n_characters": pl.Int64(),
    "n_system_characters": pl.Int64(),
    "n_tool_characters": pl.Int64(),
    "cjk_share": pl.Float32(),
    "prompt_fingerprint": pl.UInt64(),
    "dialogue_fingerprint": pl.UInt64(),
    "row_fingerprint": pl.UInt64(),
    "offset": pl.Int64(),
    "length": pl.Int32(),
}
_MEASURED = tuple(field.name for field in fields(Measures))


@dataclass(frozen=True)
class Corpus:
    """Conversations as columns (`frame`) and as JSON (`store`)."""

    frame: pl.DataFrame
    store: Path

    def __len__(self) -> int:
        return self.frame.height

    def stream(self, rows: pl.DataFrame | None = None) -> Iterator[Conversation]:
        """The conversations of `rows` (some rows of the frame, in any order, repeats allowed), one at a time."""
        rows = self.frame if rows is None else rows
        origins = rows.select("path", "row", "line", "format").iter_rows(named=True)
        for text, origin in zip(self.stream_json(rows), origins, strict=True):
            yield from_json(text).model_copy(update={"origin": Origin(**origin)})

    def stream_json(self, rows: pl.DataFrame | None = None) -> Iterator[bytes]:
        """Their canonical JSON; where they were read stands in the frame."""
        rows = self.frame if rows is None else rows
        with self.store.open("rb") as file:
            for offset, length in rows.select("offset", "length").iter_rows():
                yield os.pread(file.fileno(), length, offset)

    def with_conversations(self) -> pl.DataFrame:
        """The frame with a column `conversation` of canonical JSON: all text in memory, for small corpora."""
        texts = [text.decode() for text in self.stream_json()]
        return self.frame.with_columns(pl.Series("conversation", texts, pl.String))


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation on its way into a corpus, the source it came from, and whether a fix mended it."""

    source: str
    conversation: Conversation
    is_fixed: bool = False


def gather(conversations: Iterable[Kept], store: Path) -> Corpus:
    """Write a stream of conversations into a store and measure each on the way, in order."""
    chunks: list[pl.DataFrame] = []
    columns = _empty()
    offset = 0
    with store.open("wb") as file:
        for kept in conversations:
            text = to_json(kept.conversation, with_origin=False)
            file.write(text)
            _append(columns, kept, text, offset)
            offset += len(text)
            if len(columns["row"]) >= _CHUNK:
                chunks.append(pl.DataFrame(columns, schema=_TYPES))
                columns = _empty()
    chunks.append(pl.DataFrame(columns, schema=_TYPES))
    return Corpus(pl.concat(chunks), store)


def _empty() -> dict[str, list[object]]:
    return {name: [] for name in _TYPES}


def _append(columns: dict[str, list[object]], kept: Kept, text: bytes, offset: int) -> None:
    origin, measured = kept.conversation.origin, measure(kept.conversation, text)
    for name, value in (
        ("source", kept.source),
        ("path", origin.path),
        ("row", origin.row),
        ("line", origin.line),
        ("format", origin.format),
        ("is_fixed", kept.is_fixed),
        ("offset", offset),
        ("length", len(text)),
    ):
        columns[name].append(value)
    for name in _MEASURED:
        columns[name].append(getattr(measured, name))
