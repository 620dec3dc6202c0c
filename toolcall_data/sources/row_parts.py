"""The rows of one file of a row store: read where they lie, or spooled into a temporary file of lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from pathlib import Path

import orjson

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Problem
from toolcall_data.errors import TcdataError
from toolcall_data.formats.base import Format
from toolcall_data.sources import line_index
from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.reader import LOOKED_AT, Reading, open_file
from toolcall_data.sources.rows import MOST_BYTES, RawRow, layout_of, row_of_line

_FIRST_BYTES = 1 << 20
_UNREAD = b"!"
_EXCERPT = 200


def part_of(path: str, chosen: Format | str | None, beside: Path) -> Part:
    """The rows of a file, in the way its layout allows; spooled ones go into the folder `beside`.

    Raises:
        InputError: the file cannot be read, or no format fits it; UsageError: there is no format of the chosen name.
    """
    start = _start_of_lines(path) if Path(path).is_file() else None
    reading = open_file(path, chosen)
    if start is None:
        return Spooled(reading, beside)
    _end(reading.conversations())
    return Lines(path, reading.format, start, beside)


def _start_of_lines(path: str) -> int | None:
    """The byte at which the first line of plain JSON Lines starts; None for every other layout and packed files."""
    opened = open_text(path)
    try:
        if layout_of(opened) != "lines":
            return None
        with open(path, "rb") as file:
            found = file.read(64).find(opened.head[:32])
        return found if found >= 0 else None
    finally:
        opened.close()


def _end(rows: Iterator[object]) -> None:
    """Let a reading close its file, whether or not it has been begun."""
    next(rows, None)
    if isinstance(rows, Generator):
        rows.close()


class Part(ABC):
    """The rows of one file, by the offsets at which they start in a file of lines."""

    def __init__(self, path: str, chosen: Format, lines: Path, start: int = 0) -> None:
        self.path, self.format = path, chosen
        self.failure: str | None = None
        self.is_complete = False
        self._lines_path = lines
        self._starts = array("q", [start])
        self._file: int | None = None

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    @abstractmethod
    def progress(self) -> float:
        """The share of the file gone through."""

    @abstractmethod
    def start(self) -> None:
        """Begin to go through the file, without waiting."""

    @abstractmethod
    def advance(self) -> bool:
        """Take in what was found; whether anything was."""

    @abstractmethod
    def line(self, row: int) -> int | None:
        """The line of a row in its own file."""

    @abstractmethod
    def close(self) -> None:
        """Stop, and let go of every file."""

    def size(self, row: int) -> int:
        return self._starts[row + 1] - self._starts[row]

    def data(self, row: int) -> bytes:
        """The bytes of a row, without blank lines that follow it; the first of them where it is too long to be read."""
        line, end, _ = self._read(self._starts[row], min(self.size(row), MOST_BYTES)).partition(b"\n")
        return line + end

    def text(self, row: int) -> str:
        return self.data(row).decode("utf-8", errors="replace").strip()

    def row(self, row: int) -> RawRow:
        """The row decoded, as `rows.read_rows` would give it."""
        line, data = self.line(row), self.data(row)
        if self.size(row) > MOST_BYTES:
            return RawRow(row, line, problem=_too_long(data))
        found = row_of_line(row, line or 0, data)
        return found if line is not None else found._replace(line=None)

    def block(self, row: int, most: int) -> tuple[bytes, int]:
        """The bytes of the rows from `row` on that fit into `most`, one at least, and how many these are."""
        first = self._starts[row]
        last = max(row + 1, bisect_right(self._starts, first + most, row, len(self)) - 1)
        return self._read(first, min(self._starts[last] - first, MOST_BYTES)), last - row

    def ends(self, row: int, count: int) -> array[int]:
        """Where each of `count` rows ends, counted from the start of the first."""
        first = self._starts[row]
        return array("q", [end - first for end in self._starts[row + 1 : row + count + 1]])

    def _read(self, start: int, size: int) -> bytes:
        if self._file is None:
            self._file = os.open(self._lines_path, os.O_RDONLY)
        return os.pread(self._file, size, start)

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Lines(Part):
    """Plain JSON Lines, read where they lie. The first lines are found at once, the rest by a child process."""

    def __init__(self, path: str, chosen: Format, start: int, beside: Path) -> None:
        super().__init__(path, chosen, Path(path), start)
        self._bytes = Path(path).stat().st_size
        self._blanks = array("q")
        self._index = beside.with_suffix(".index")
        self._taken = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._take(_first_ends(path, start))

    @property
    def progress(self) -> float:
        return self._starts[-1] / self._bytes if self._bytes else 1.0

    def start(self) -> None:
        if self._starts[-1] >= self._bytes:
            self.is_complete = True
            return
        script, first = str(line_index.__file__), str(self._starts[-1])
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-S", script, self.path, first, str(self._index)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def advance(self) -> bool:
        if self._child is None or self.is_complete:
            return False
        status = self._child.poll()
        changed = self._take_new()
        if status is None:
            return changed
        if status != 0:
            self.failure = f"{self.path}: its lines could not all be found (status {status})"
        self.is_complete = True
        return True

    def line(self, row: int) -> int:
        return row + 1 + bisect_right(self._blanks, row)

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._let_go()

    def _take_new(self) -> bool:
        if not self._index.exists():
            return False
        with self._index.open("rb") as file:
            file.seek(self._taken)
            data = file.read()
        whole = len(data) - len(data) % 8
        self._taken += whole
        ends = array("q")
        ends.frombytes(data[:whole])
        self._take(ends)
        return whole > 0

    def _take(self, ends: array[int]) -> None:
        if not ends or min(ends) >= 0:
            self._starts.extend(ends)
            return
        for end in ends:
            if end >= 0:
                self._starts.append(end)
            else:
                self._starts[-1] = ~end
                self._blanks.append(len(self))


def _first_ends(path: str, start: int) -> array[int]:
    """The ends of the first lines, as `line_index` gives them: enough for a screen, at no cost in a long file."""
    ends, end = array("q"), start
    with open(path, "rb") as file:
        file.seek(start)
        for line in islice(iter(lambda: file.readline(_FIRST_BYTES), b""), LOOKED_AT):
            if len(line) == _FIRST_BYTES or end - start > _FIRST_BYTES:
                break
            end += len(line)
            ends.append(~end if line.isspace() else end)
    return ends


class Spooled(Part):
    """Rows of any other layout, decoded in order into a file of lines by a thread.

    A line is the JSON of a row, or `!` and the JSON of the problem that kept it from being read.
    """

    def __init__(self, reading: Reading, beside: Path) -> None:
        super().__init__(reading.path, reading.format, beside.with_suffix(".jsonl"))
        self._reading = reading
        self._raw = reading.raw_rows()
        self._numbers = array("q")
        self._found: deque[tuple[array[int], array[int]]] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._spool, name=f"spool {self.path}", daemon=True)
        self._end = 0
        self._write(islice(self._raw, LOOKED_AT))
        self.advance()

    @property
    def progress(self) -> float:
        size = self._reading.size
        return min(self._reading.position / size, 1.0) if size else 0.0

    def start(self) -> None:
        self._thread.start()

    def advance(self) -> bool:
        is_alive = self._thread.is_alive() or self._thread.ident is None
        before = len(self)
        while self._found:
            ends, numbers = self._found.popleft()
            self._numbers.extend(numbers)
            self._starts.extend(ends)
        self.is_complete = not is_alive
        return len(self) > before or not is_alive

    def line(self, row: int) -> int | None:
        return self._numbers[row] or None

    def text(self, row: int) -> str:
        data = self.data(row)
        return str(_problem_of(data).value or "") if data.startswith(_UNREAD) else super().text(row)

    def row(self, row: int) -> RawRow:
        data = self.data(row)
        if data.startswith(_UNREAD):
            return RawRow(row, self.line(row), problem=_problem_of(data))
        return super().row(row)

    def close(self) -> None:
        self._stop.set()
        if self._thread.ident is not None and self._reading.size is not None:
            self._thread.join()
        if not self._thread.is_alive() and self._reading.size is not None:
            _end(self._raw)
        self._let_go()

    def _spool(self) -> None:
        try:
            while not self._stop.is_set() and self._write(islice(self._raw, LOOKED_AT)):
                pass
        except TcdataError as error:
            self.failure = str(error)
        except (OSError, EOFError) as error:
            self.failure = f"{self.path}: cannot be read to its end: {error}"

    def _write(self, rows: Iterable[tuple[RawRow, Conversation]]) -> bool:
        """Append rows and tell where they end; False when there were none."""
        ends, numbers = array("q"), array("q")
        with open(self._lines_path, "ab") as file:
            for raw, _ in rows:
                line = _line_of(raw)
                file.write(line)
                self._end += len(line)
                ends.append(self._end)
                numbers.append(raw.line or 0)
        if ends:
            self._found.append((ends, numbers))
        return bool(ends)


def _line_of(raw: RawRow) -> bytes:
    if raw.problem is not None:
        return _UNREAD + encode(raw.problem.model_dump()).encode("utf-8", errors="replace") + b"\n"
    try:
        return orjson.dumps(raw.value, default=str) + b"\n"
    except (orjson.JSONEncodeError, RecursionError):
        pass
    try:
        return json.dumps(raw.value, ensure_ascii=False, default=str).encode("utf-8", errors="replace") + b"\n"
    except (ValueError, RecursionError):
        return _line_of(RawRow(raw.row, raw.line, problem=Problem(kind="file.json_lines", detail="nested too deeply")))


def _problem_of(line: bytes) -> Problem:
    return Problem.model_validate_json(line.removeprefix(_UNREAD))


def _too_long(start: bytes) -> Problem:
    shown = start[:_EXCERPT].decode("utf-8", errors="replace")
    detail = f"the line is longer than {MOST_BYTES >> 20} MiB and was not read"
    return Problem(kind="file.json_lines", detail=detail, value=shown)
