"""Judging the rows of a file by the rules, in this process or in several, the findings always in the order of the rows.

A file is one task, or, where it is large JSON Lines, one task a piece. What is found comes in batches, so that neither
a person nor another process waits for the end.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError
from toolcall_data.formats.base import Format
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._tallies import Tallies
from toolcall_data.rules.base import Finding, Rule
from toolcall_data.sources.paths import STDIN
from toolcall_data.sources.pieces import Piece, can_be_cut, pieces
from toolcall_data.sources.reader import open_file, read_piece

Found = tuple[Conversation, list[Finding]]

_MOST_ROWS = 256
"""The most rows of a batch."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """A whole file; its format is recognised where none is settled. `number` is the caller's, given back."""

    number: int
    path: str
    format: Format | None


@dataclass(frozen=True, slots=True)
class PieceTask:
    """A piece of a file whose format is settled; `reason` says why."""

    number: int
    path: str
    format: Format
    reason: str
    size: int
    piece: Piece


Task = FileTask | PieceTask


@dataclass(slots=True)
class Batch:
    """Rows that were judged one after another: how many, those with findings, and how their file is read.

    `position` is how far the file is read, in bytes of `size`, which is None for a stream. A batch may hold no rows.
    The last one of a task brings what the rules about sets gathered from all of its rows.
    """

    number: int
    path: str
    format: str
    reason: str
    size: int | None
    position: int = 0
    rows: int = 0
    found: list[Found] = field(default_factory=list)
    tallies: Tallies | None = None


LARGE = 8 << 20
"""Bytes from which on it pays to start processes, and to cut a file."""


def size_on_disk(path: str) -> int:
    """Bytes of a file; 0 for standard input, and for a file that cannot be asked."""
    try:
        return Path(path).stat().st_size if path != STDIN else 0
    except OSError:
        return 0


def tasks_of(number: int, path: str, chosen: Format | None) -> Iterator[Task]:
    """A file as tasks for several processes; one that cannot be opened is told of when its turn comes."""
    reading = None
    try:
        if size_on_disk(path) >= LARGE and can_be_cut(path):
            reading = open_file(path, chosen)
            reading.close()
    except InputError:
        pass
    if reading is None or reading.size is None:
        yield FileTask(number, path, chosen)
        return
    for piece in pieces(path):
        yield PieceTask(number, path, reading.format, reading.reason, reading.size, piece)


def judge(task: Task, checker: Checker, *, at_once: bool = True) -> Iterator[Batch]:
    """The batches of a task, at least one; `at_once` ends a batch with every row that has findings.

    Raises:
        InputError: the file cannot be read.
    """
    if isinstance(task, PieceTask):
        rows = read_piece(task.path, task.piece, task.format)
        batch = Batch(task.number, task.path, task.format.name, task.reason, task.size, task.piece.start)
        reached: Callable[[], int] = lambda: task.piece.end  # noqa: E731
    else:
        reading = open_file(task.path, task.format)
        rows = reading.conversations()
        batch = Batch(task.number, task.path, reading.format.name, reading.reason, reading.size)
        reached = lambda: reading.position  # noqa: E731
    tallies = Tallies(checker.rules)
    for conversation in rows:
        batch.rows += 1
        if findings := checker.check(conversation):
            batch.found.append((conversation, findings))
        tallies.add(conversation)
        if batch.rows >= _MOST_ROWS or (findings and at_once):
            yield batch
            batch = replace(batch, position=reached(), rows=0, found=[])
    batch.position, batch.tallies = reached(), tallies
    yield batch


def judge_all(tasks: Iterable[Task], rules: Iterable[Rule]) -> Iterator[Batch]:
    """The batches of all tasks, judged in this process.

    Raises:
        InputError: a file cannot be read.
    """
    checker = Checker(rules)
    with few_collections():
        for task in tasks:
            yield from judge(task, checker)


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the garbage collector look rarely: rows hold no cycles, and looking takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


_ALLOCATIONS = 200_000
