"""The rows of a file beside their text, with all that stands between them copied as it is.

What is copied and what is given, in order, are the file byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, cast

from toolcall_data.sources.bytes import Opened
from toolcall_data.sources.rows import RawRow, Values, layout_of, read_lines

Copy = Callable[[bytes], object]

_CHUNK = 1 << 20


def read_row_texts(opened: Opened, copy: Copy) -> Iterator[tuple[RawRow, bytes]]:
    """The rows of JSON or JSON Lines in order, each with its text, which the caller writes or replaces.

    Everything else goes to `copy` before the row that follows it is given, and the text of rows that cannot be read
    too: theirs is empty here. A byte order mark is copied.
    """
    copy(opened.mark)
    return _of_lines(opened, copy) if layout_of(opened) == "lines" else _of_values(opened, copy)


class _Held:
    """Text on its way to be copied, the last piece of it held back."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self._held = b""

    def put(self, text: bytes) -> None:
        self.copy(self._held)
        self._held = text

    def take(self) -> bytes:
        """The last piece, which is then not copied."""
        held, self._held = self._held, b""
        return held


class _HeldLines(_Held):
    """A stream of lines whose last line is held back."""

    def __init__(self, stream: IO[bytes], copy: Copy) -> None:
        super().__init__(copy)
        self._stream = stream

    def readline(self, size: int = -1) -> bytes:
        text = self._stream.readline(size)
        self.put(text)
        return text


def _of_lines(opened: Opened, copy: Copy) -> Iterator[tuple[RawRow, bytes]]:
    lines = _HeldLines(opened.stream, copy)
    for raw in read_lines(cast("IO[bytes]", lines)):
        line = lines.take()
        if raw.problem is not None:
            copy(line)
            yield raw, b""
            continue
        text = line.strip()
        start = line.index(text)
        copy(line[:start])
        yield raw, text
        copy(line[start + len(text) :])
    copy(lines.take())


class _HeldValues(Values):
    """Values whose text is passed on; after a row that was read, its text is what is held back."""

    def __init__(self, opened: Opened, copy: Copy) -> None:
        super().__init__(opened)
        self.held = _Held(copy)

    def rest(self) -> Iterator[bytes]:
        """What follows the last row."""
        yield _encoded(self._text[self._position :]) + self._rest
        while chunk := self._stream.read(_CHUNK):
            yield chunk

    def _advance(self, end: int) -> None:
        self._pass(end)
        super()._advance(end)

    def _drop_before(self, position: int) -> None:
        self._pass(position)
        super()._drop_before(position)

    def _pass(self, end: int) -> None:
        if end > self._position:
            self.held.put(_encoded(self._text[self._position : end]))


def _of_values(opened: Opened, copy: Copy) -> Iterator[tuple[RawRow, bytes]]:
    values = _HeldValues(opened, copy)
    for raw in values.rows():
        text = values.held.take()
        if raw.problem is not None:
            copy(text)
            yield raw, b""
        else:
            yield raw, text
    copy(values.held.take())
    for chunk in values.rest():
        copy(chunk)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")
