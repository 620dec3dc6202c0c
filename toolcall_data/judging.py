"""Judging the rows of a file by the rules, in this process or in several, the findings always in the order of the rows.

A file is one task, or, where it is large JSON Lines, one task a piece. What is found comes in batches, so that neither
a person nor another process waits for the end.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError
from toolcall_data.formats.base import Format
from toolcall_data.rules._checker import Checker, placed
from toolcall_data.rules._sets import Whole
from toolcall_data.rules._tallies import Tallies
from toolcall_data.rules._trainer import Trainer
from toolcall_data.rules.base import Finding, Rule
from toolcall_data.sources.paths import STDIN
from toolcall_data.sources.pieces import Piece, can_be_cut, pieces
from toolcall_data.sources.reader import open_file, read_piece
from toolcall_data.sources.rows import RawRow
from toolcall_data.sources.seen import watch_of
from toolcall_data.target.files import Watch
from toolcall_data.target.outcome import TRAINS, Kind
from toolcall_data.target.registration import Registration
from toolcall_data.target.templates import Target

Found = tuple[Conversation, list[Finding]]

_MOST_ROWS = 256
"""The most rows of a batch."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """A whole file; its format is recognised where none is settled. `number` is the caller's, given back."""

    number: int
    path: str
    format: Format | None
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class PieceTask:
    """A piece of a file whose format is settled; `reason` says why."""

    number: int
    path: str
    format: Format
    reason: str
    size: int
    piece: Piece
    registration: Registration | None = None


Task = FileTask | PieceTask


@dataclass(slots=True)
class Batch:
    """Rows that were judged one after another: how many, those with findings, and how their file is read.

    `position` is how far the file is read, in bytes of `size`, which is None for a stream. A batch may hold no rows.
    `outcomes` counts what the trainer does with them, where that is asked. The last batch of a task brings what the
    rules about sets gathered from all of its rows, and what those about files did.
    """

    number: int
    path: str
    format: str
    reason: str
    size: int | None
    position: int = 0
    rows: int = 0
    found: list[Found] = field(default_factory=list)
    outcomes: Counter[Kind] = field(default_factory=Counter)
    tallies: Tallies | None = None
    watch: Watch | None = None


LARGE = 8 << 20
"""Bytes from which on it pays to start processes, and to cut a file."""


def size_on_disk(path: str) -> int:
    """Bytes of a file; 0 for standard input, and for a file that cannot be asked."""
    try:
        return Path(path).stat().st_size if path != STDIN else 0
    except OSError:
        return 0


def tasks_of(number: int, path: str, chosen: Format | None, registration: Registration | None = None) -> Iterator[Task]:
    """A file as tasks for several processes; one that cannot be opened is told of when its turn comes."""
    reading = None
    try:
        if size_on_disk(path) >= LARGE and can_be_cut(path):
            reading = open_file(path, chosen)
            reading.close()
    except InputError:
        pass
    if reading is None or reading.size is None:
        yield FileTask(number, path, chosen, registration)
        return
    for piece in pieces(path):
        yield PieceTask(number, path, reading.format, reading.reason, reading.size, piece, registration)


class Judge:
    """Rules, and the trainer where a target is given, asked row by row; made anew in each process."""

    def __init__(self, rules: Iterable[Rule], target: Target | None = None) -> None:
        self.checker = Checker(rules)
        self.trainer = Trainer(target, self.checker.rules) if target is not None else None
        self._watches = Whole(self.checker.rules).needs_rows

    def watch(self, task: Task, format_name: str) -> Watch | None:
        """What gathers the shapes of a task's rows, None where no rule asks for them."""
        return watch_of(task.path, format_name, task.registration) if self._watches else None

    def findings(self, row: RawRow, conversation: Conversation, task: Task, batch: Batch) -> list[Finding]:
        """What is wrong with a row; the batch counts what the trainer does with it."""
        found = self.checker.check(conversation)
        if self.trainer is None or row.problem is not None or conversation.tools_only:
            return found
        outcome = self.trainer.outcome(row.value, conversation, task.registration)
        batch.outcomes[outcome.kind] += 1
        return found if outcome is TRAINS else placed(self.trainer.told(found, outcome, conversation), conversation)


def judge(task: Task, judge: Judge, *, at_once: bool = True) -> Iterator[Batch]:
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
        rows = reading.pairs()
        batch = Batch(task.number, task.path, reading.format.name, reading.reason, reading.size)
        reached = lambda: reading.position  # noqa: E731
    tallies = Tallies(judge.checker.rules)
    watch = judge.watch(task, batch.format)
    for row, conversation in rows:
        batch.rows += 1
        if findings := judge.findings(row, conversation, task, batch):
            batch.found.append((conversation, findings))
        tallies.add(conversation)
        if watch is not None and row.problem is not None:
            watch.skip(row.row)
        elif watch is not None:
            watch.see(row.value, (row.row, row.line), row.text, conversation)
        if batch.rows >= _MOST_ROWS or (findings and at_once):
            yield batch
            batch = replace(batch, position=reached(), rows=0, found=[], outcomes=Counter())
    batch.position, batch.tallies, batch.watch = reached(), tallies, watch
    yield batch


def judge_all(tasks: Iterable[Task], rules: Iterable[Rule], target: Target | None = None) -> Iterator[Batch]:
    """The batches of all tasks, judged in this process.

    Raises:
        InputError: a file cannot be read.
    """
    judging = Judge(rules, target)
    with few_collections():
        for task in tasks:
            yield from judge(task, judging)


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
