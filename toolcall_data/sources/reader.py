"""Conversations of a file: its rows, read in the format that its content shows or the user names."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import Conversation, Origin, Problem, unchecked
from toolcall_data.errors import InputError
from toolcall_data.formats.base import Format, Recognised, format_named, formats, recognise
from toolcall_data.sources.bytes import Opened, open_text
from toolcall_data.sources.pieces import Piece
from toolcall_data.sources.rows import RawRow, read_lines, read_rows

_origin = unchecked(Origin)

LOOKED_AT = 64
"""How many rows are looked at to recognise a format."""


@dataclass
class Reading:
    """An opened file. `recognised` is None where the user named the format.

    Iterate over `rows()` once; `position` and `size` are bytes on disk, `size` None for a stream.
    """

    path: str
    format: Format
    recognised: Recognised | None
    _opened: Opened
    _rows: Iterator[RawRow]

    @property
    def reason(self) -> str:
        """Why the format was chosen, for a person."""
        found = self.recognised
        if found is None:
            return "named by the user"
        return f"{found.reason} ({found.matched} of the first {found.looked_at} rows)"

    @property
    def position(self) -> int:
        return self._opened.position

    @property
    def size(self) -> int | None:
        return self._opened.size

    def close(self) -> None:
        """Give the file back; reading to the end, or stopping to, does it too."""
        self._opened.close()

    def conversations(self) -> Iterator[Conversation]:
        """Every row as a conversation, unreadable ones included, in order; a row of a few formats holds several."""
        try:
            if type(self.format).read_all is Format.read_all:
                for raw in self._rows:
                    yield conversation_of(raw, self.format, self.path)
            else:
                for raw in self._rows:
                    yield from conversations_of(raw, self.format, self.path)
        finally:
            self._opened.close()

    def pairs(self) -> Iterator[tuple[RawRow, Conversation]]:
        """Every conversation beside the row that it was read from."""
        try:
            for raw in self._rows:
                for conversation in conversations_of(raw, self.format, self.path):
                    yield raw, conversation
        finally:
            self._opened.close()

    def raw_rows(self) -> Iterator[tuple[RawRow, Conversation]]:
        """Every row as it stands in the file, beside its (first) conversation."""
        try:
            for raw in self._rows:
                yield raw, conversation_of(raw, self.format, self.path)
        finally:
            self._opened.close()


def open_file(path: str, chosen: Format | str | None = None) -> Reading:
    """Open a file and settle its format.

    An empty file has no rows and is opened all the same.

    Raises:
        InputError: the file cannot be read, or no format fits its first rows.
        UsageError: there is no format of the chosen name.
    """
    if isinstance(chosen, str):
        chosen = format_named(chosen)
    opened = open_text(path)
    rows = _read(opened)
    if chosen is not None:
        return Reading(path, chosen.beside(path), None, opened, rows)
    try:
        first = list(islice(rows, LOOKED_AT))
        found = recognise(raw.value for raw in first) or _undecided(path, first)
    except BaseException:
        opened.close()
        raise
    return Reading(path, formats()[found.name]().beside(path), found, opened, chain(first, rows))


def read_piece(path: str, piece: Piece, chosen: Format) -> Iterator[tuple[RawRow, Conversation]]:
    """The conversations of a piece of a file beside their rows, numbered as in the whole file.

    Raises:
        InputError: the file cannot be read any more.
    """
    try:
        with open(path, "rb", buffering=1 << 18) as file:
            file.seek(piece.start)
            for raw in read_lines(file, piece.row, piece.line, piece.end - piece.start):
                for conversation in conversations_of(raw, chosen, path):
                    yield raw, conversation
    except OSError as error:
        raise InputError(f"cannot read {path} to its end: {error}", hint="get the file again") from error


def _read(opened: Opened) -> Iterator[RawRow]:
    """The rows of a file.

    Raises:
        InputError: a packed file turns out to be damaged, or the disk fails, in the middle.
    """
    try:
        yield from read_rows(opened)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {opened.path} to its end: {error}", hint="get the file again") from error


def _undecided(path: str, first: list[RawRow]) -> Recognised:
    """The format of a file none of whose first rows shows one: sharegpt where they are broken, else a clear error."""
    whole = [raw.value for raw in first if isinstance(raw.value, dict) and raw.value]
    if not whole:
        return Recognised("sharegpt", "no row shows a format", 0, len(first))
    keys = ", ".join(f"`{key}`" for key in list(whole[0])[:8])
    lists = [key for key, value in whole[0].items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    hint = f"formats: {', '.join(sorted(formats()))}; name one with --from"
    if len(first) == 1 and lists:
        hint = f"the rows seem to lie under `{lists[0]}`: write that list as the file"
    raise InputError(f"{path}: no format fits its rows; the first has the keys {keys}", hint=hint)


def conversations_of(raw: RawRow, chosen: Format, path: str) -> Iterator[Conversation]:
    """The conversations of one row: one, but for the few formats whose rows hold several."""
    if raw.problem is not None or not isinstance(raw.value, dict):
        yield conversation_of(raw, chosen, path)
        return
    yield from chosen.read_all(raw.value, _origin(path=path, row=raw.row, line=raw.line, format=chosen.name))


def conversation_of(raw: RawRow, chosen: Format, path: str) -> Conversation:
    """The (first) conversation of one row; a row that is no object keeps only its problem."""
    origin = _origin(path=path, row=raw.row, line=raw.line, format=chosen.name)
    if raw.problem is not None:
        return Conversation(problems=(raw.problem,), origin=origin)
    if not isinstance(raw.value, dict):
        detail = f"a row is an object, this is {kind_of(raw.value)}"
        return Conversation(problems=(Problem(kind="row.not_object", detail=detail, value=raw.value),), origin=origin)
    return chosen.read(raw.value, origin)
