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
import tempfile
import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolcall_data.conversation.model import Conversation
from toolcall_data.formats.base import Format
from toolcall_data.sources.paths import expand
from toolcall_data.sources.reader import conversation_of
from toolcall_data.sources.row_parts import Part, part_of

MOST_ROWS_KEPT = 4096
MOST_BYTES_KEPT = 32 << 20
_SCANNED_AT_ONCE = 1 << 18


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
    parts: list[Part] = []
    try:
        for number, path in enumerate(expand(paths)):
            parts.append(part_of(path, chosen, Path(folder.name) / str(number)))
    except BaseException:
        for part in parts:
            part.close()
        folder.cleanup()
        raise
    return RowStore(parts, folder)


class RowStore:
    """The rows of several files in order, numbered through from 0. Rows are read when asked for and soon forgotten.

    `len` grows while files are gone through; call `advance` now and then to take in what was found. A row keeps its
    number: the rows of a file appear once all files before it are complete. Safe to ask from several threads;
    `advance` and `close` belong to one.
    """

    def __init__(self, parts: Sequence[Part], folder: tempfile.TemporaryDirectory[str]) -> None:
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

    def _find(self, row: int) -> tuple[Part, int]:
        if not 0 <= row < len(self):
            raise IndexError(f"no row {row}: there are {len(self)}")
        number = min(bisect_right(self._firsts, row), len(self._parts)) - 1
        return self._parts[number], row - self._firsts[number]


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
