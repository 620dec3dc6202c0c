"""Random access to the rows of files of any size: the first at once, the rest as they are found, few in memory.

    store = open_rows(["train.jsonl"])
    while not store.is_complete:
        store.advance()
    store.conversation(len(store) - 1)

Plain JSON Lines are read where they lie, by offsets that a child process finds (`line_index`). Every other layout is
decoded once, by a thread, into a temporary JSON Lines file that is read in the same way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import orjson

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Problem
from toolcall_data.errors import TcdataError
from toolcall_data.formats.base import Format
from toolcall_data.sources import line_index
from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.paths import expand
from toolcall_data.sources.reader import LOOKED_AT, Reading, conversation_of, open_file
from toolcall_data.sources.rows import MOST_BYTES, RawRow, layout_of, row_of_line

MOST_ROWS_KEPT = 4096
MOST_BYTES_KEPT = 32 << 20
_FIRST_BYTES = 1 << 20
_SCANNED_AT_ONCE = 1 << 18
_UNREAD = b"!"
_EXCERPT = 200


@dataclass(frozen=True)
class Place:
    """Where a row of the store lies: its file and its number there, both from 0, and its line from 1 if it has one."""

    path: str
    row: int
    line: int | None


@dataclass(frozen=True)
class Scanned:
    """A step of a search: the rows before `upto` are done, `hits` are the ones found since the last step."""

    upto: int
    hits: Sequence[int]


def open_rows(paths: Iterable[str | Path], chosen: Format | str | None = None) -> RowStore:
    """Open files, folders, globs or `-`; `chosen` names the format, else each file shows its own.

    Every file is looked at before this returns, so that what cannot be read is told at once.

    Raises:
        InputError: a file is missing, unreadable, or in no known format.
        EmptyError: a folder or glob holds no data file.
        UsageError: there is no format of the chosen name.
    """
    folder = tempfile.TemporaryDirectory(prefix="tcdata-browse-")
    parts: list[_Part] = []
    try:
        for number, path in enumerate(expand(paths)):
            parts.append(_part_of(path, chosen, Path(folder.name) / str(number)))
    except BaseException:
        for part in parts:
            part.close()
        folder.cleanup()
        raise
    return RowStore(parts, folder)


def _part_of(path: str, chosen: Format | str | None, beside: Path) -> _Part:
    start = _start_of_lines(path) if Path(path).is_file() else None
    reading = open_file(path, chosen)
    if start is None:
        return _Spooled(reading, beside)
    _end(reading.conversations())
    return _Lines(path, reading.format, start, beside)


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


class RowStore:
    """The rows of several files in order, numbered through from 0. Rows are read when asked for and soon forgotten.

    `len` grows while files are gone through; call `advance` now and then to take in what was found. A row keeps its
    number: the rows of a file appear once all files before it are complete. Safe to ask from several threads;
    `advance` and `close` belong to one.
    """

    def __init__(self, parts: Sequence[_Part], folder: tempfile.TemporaryDirectory[str]) -> None:
        self._parts = list(parts)
        self._folder = folder
        self._firsts = [0]
        self._recent = _Recent(MOST_ROWS_KEPT, MOST_BYTES_KEPT)
        self.parsed = 0
        """How many rows were parsed so far; a row asked for again soon is not parsed again."""
        if self._parts:
            self._parts[0].start()

    def __len__(self) -> int:
        current = len(self._firsts) - 1
        return self._firsts[-1] + (len(self._parts[current]) if current < len(self._parts) else 0)

    @property
    def paths(self) -> list[str]:
        """The files, in order."""
        return [part.path for part in self._parts]

    @property
    def is_complete(self) -> bool:
        """Whether every row has been found."""
        return len(self._firsts) > len(self._parts)

    @property
    def progress(self) -> float:
        """The share of all files gone through, from 0 to 1."""
        done = len(self._firsts) - 1
        if self.is_complete:
            return 1.0
        return (done + self._parts[done].progress) / len(self._parts)

    @property
    def failures(self) -> list[str]:
        """What went wrong while going through files, one message a file; the rows before it are there."""
        return [part.failure for part in self._parts if part.failure]

    def advance(self) -> bool:
        """Take in the rows found since the last call; whether anything changed. Never waits."""
        changed = False
        while not self.is_complete:
            part = self._parts[len(self._firsts) - 1]
            changed |= part.advance()
            if not part.is_complete:
                break
            self._firsts.append(self._firsts[-1] + len(part))
            changed = True
            if not self.is_complete:
                self._parts[len(self._firsts) - 1].start()
        return changed

    def place(self, row: int) -> Place:
        """Where a row lies."""
        part, inside = self._find(row)
        return Place(part.path, inside, part.line(inside))

    def size(self, row: int) -> int:
        """The bytes a row takes."""
        part, inside = self._find(row)
        return part.size(inside)

    def raw(self, row: int) -> str:
        """The text of a row: as written in JSON Lines, else its JSON on one line."""
        part, inside = self._find(row)
        return part.text(inside)

    def conversation(self, row: int) -> Conversation:
        """A row as a conversation; one that cannot be read holds its problem."""
        known = self._recent.get(row)
        if known is not None:
            return known
        part, inside = self._find(row)
        self.parsed += 1
        found = conversation_of(part.row(inside), part.format, part.path)
        self._recent.put(row, found, part.size(inside))
        return found

    def search(self, needle: str, start: int = 0) -> Iterator[Scanned]:
        """Go through the text of the rows found so far, from row `start` on, and give those that hold `needle`.

        Case does not matter. Characters written as JSON escapes are found as well, once or twice escaped, as calls
        and tools stand as JSON inside JSON strings. Each step covers a few hundred kilobytes.
        """
        forms = _forms(needle)
        while start < len(self):
            part, inside = self._find(start)
            text, count = part.block(inside, _SCANNED_AT_ONCE)
            ends = part.ends(inside, count)
            hits = sorted({start + index for form in forms for index in _rows_with(form, text.lower(), ends)})
            start += count
            yield Scanned(start, hits)

    def close(self) -> None:
        """Stop going through files and remove what was written beside them."""
        for part in self._parts:
            part.close()
        self._folder.cleanup()

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find(self, row: int) -> tuple[_Part, int]:
        if not 0 <= row < len(self):
            raise IndexError(f"no row {row}: there are {len(self)}")
        number = min(bisect_right(self._firsts, row), len(self._parts)) - 1
        return self._parts[number], row - self._firsts[number]


class _Part(ABC):
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
        return found if line is not None else replace(found, line=None)

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


class _Lines(_Part):
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


class _Spooled(_Part):
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


def _forms(needle: str) -> list[bytes]:
    """The ways `needle` can be written inside a row, lower case: plain, and as a JSON string once and twice escaped."""
    found: dict[bytes, None] = {}
    for text in (needle, needle.lower(), needle.upper()):
        for is_ascii in (False, True):
            once = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
            twice = json.dumps(once, ensure_ascii=is_ascii)[1:-1]
            for form in (text, once, twice):
                found[form.encode("utf-8", errors="surrogatepass").lower()] = None
    return list(found)


def _rows_with(form: bytes, text: bytes, ends: array[int]) -> Iterator[int]:
    """The numbers of the rows that hold `form`, in `text` whose rows end at `ends`."""
    position = text.find(form)
    while position >= 0:
        row = bisect_right(ends, position)
        if row >= len(ends):
            return
        yield row
        position = text.find(form, ends[row])


class _Recent:
    """The conversations asked for last, bounded by number and by the bytes of their rows."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[int, tuple[Conversation, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, row: int) -> Conversation | None:
        with self._lock:
            if row not in self._kept:
                return None
            self._kept.move_to_end(row)
            return self._kept[row][0]

    def put(self, row: int, found: Conversation, size: int) -> None:
        with self._lock:
            if row in self._kept or size > self._most_bytes:
                return
            self._kept[row] = (found, size)
            self._bytes += size
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
