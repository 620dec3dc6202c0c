"""A large file of JSON Lines cut at line borders, so that several processes can read it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.rows import MOST_BYTES, layout_of

PIECE = 1 << 20
"""Small enough that the first findings come at once, large enough that handing it over costs nothing."""

_MARK = b"\xef\xbb\xbf"
_BLANK_STARTS = tuple(b"\n" + space for space in (b"\n", b"\r", b" ", b"\t", b"\v", b"\f"))


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes [start, end) of a file, which begin with a line; `row` and `line` are the numbers of its first."""

    start: int
    end: int
    row: int
    line: int


def can_be_cut(path: str) -> bool:
    """Whether a file is JSON Lines that lie on disk as they are.

    Raises:
        InputError: the file cannot be read.
    """
    opened = open_text(path)
    try:
        return not opened.is_packed and opened.size is not None and layout_of(opened) == "lines"
    finally:
        opened.close()


def pieces(path: str, most: int = PIECE) -> Iterator[Piece]:
    """The pieces in order, each of about `most` bytes and whole lines; rows are counted on the way."""
    row, line = 0, 1
    with open(path, "rb") as file:
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        start = file.tell()
        while block := file.read(most):
            if not block.endswith(b"\n"):
                block += _rest_of_line(file)
            end = file.tell()
            yield Piece(start, end, row, line)
            row, line, start = row + _rows(block), line + block.count(b"\n"), end


def _rest_of_line(file: IO[bytes]) -> bytes:
    """The bytes up to the next line break; of a line that is too long to be read only its first and its last part."""
    rest = file.readline(MOST_BYTES)
    last = rest
    while last and not last.endswith(b"\n"):
        last = file.readline(PIECE)
    return rest if last is rest else rest + b"\n"


def _rows(block: bytes) -> int:
    """How many lines of a block are not blank."""
    if block[:1].isspace() or any(start in block for start in _BLANK_STARTS):
        return sum(1 for line in block.split(b"\n") if line and not line.isspace())
    return block.count(b"\n") + (not block.endswith(b"\n"))
