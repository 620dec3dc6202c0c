"""Convert a file from one format into another: every row written, refused or unreadable, and every loss named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.errors import UsageError
from toolcall_data.events import Done, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format, Trait
from toolcall_data.formats.losses import KINDS, Loss, lowered
from toolcall_data.prose import Prose
from toolcall_data.sources.paths import STDIN
from toolcall_data.sources.reader import Reading, open_file
from toolcall_data.sources.sink import encoded, sink
from toolcall_data.transforms.real_calls import real_calls

NAMED = 5
"""How many rows of a kind are named."""

NO_MESSAGES = Prose("no message that the format could hold", "没有该格式装得下的消息")
TOO_DEEP = Prose("nested too deeply", "嵌套过深")


@dataclass(frozen=True)
class Options:
    """What becomes of a row.

    `strict` refuses rows that would lose anything, and writes no file if there is one; `text_calls` leaves calls that
    are written as text inside what the assistant says.
    """

    strict: bool = False
    text_calls: bool = False


@dataclass
class Left:
    """Rows that were not written: how many, and the places of the first."""

    rows: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, conversation: Conversation) -> None:
        self.rows += 1
        if len(self.first) < NAMED:
            self.first.append(place_of(conversation))


@dataclass
class Conversion:
    """What became of the rows; `read` is `written`, `held_back`, refused and unreadable rows together.

    `losses` counts places and `lossy_rows` rows by trait, in refused rows as well; `lossy` are the rows that lose
    anything or are left out. `held_back` are rows that `strict` did not write because of those.
    """

    source_format: str = ""
    reason: str = ""
    read: int = 0
    written: int = 0
    held_back: int = 0
    unreadable: Left = field(default_factory=Left)
    refused: dict[Prose, Left] = field(default_factory=dict)
    losses: Counter[Trait] = field(default_factory=Counter)
    lossy_rows: Counter[Trait] = field(default_factory=Counter)
    lossy: Left = field(default_factory=Left)
    text_calls: int = 0
    text_call_rows: int = 0
    is_published: bool = True

    @property
    def refused_rows(self) -> int:
        return sum(left.rows for left in self.refused.values())


class _NotPublishedError(Exception):
    """Ends the writing of a file that is not to appear."""


Report = Callable[[dict[str, JSON]], None]


def convert(
    source: str,
    output: str,
    target: Format,
    *,
    chosen: str | None = None,
    options: Options = Options(),
    loss_report: Path | None = None,
    force: bool = False,
    tell: Tell = silence,
) -> Conversion:
    """Write the rows of `source` to `output` in the target format.

    Raises:
        UsageError: the target is only read, the output exists or is the source, or its suffix is unknown.
        InputError: a file cannot be read or written.
    """
    _refuse(source, output, loss_report, target, force)
    reading = open_file(source, chosen)
    result = Conversion(reading.format.name, reading.reason)
    with ExitStack() as stack:
        stack.callback(reading.close)
        report = stack.enter_context(sink(str(loss_report))) if loss_report is not None else _unheard
        try:
            with sink(output) as write:
                _Run(result, target, options, write, report).over(reading, tell)
                if options.strict and result.lossy.rows:
                    raise _NotPublishedError
        except _NotPublishedError:
            result.is_published = False
            result.held_back, result.written = result.written, 0
    return result


def _unheard(line: object) -> None:
    """The report that nobody asked for."""


def _refuse(source: str, output: str, report: Path | None, target: Format, force: bool) -> None:
    if not target.is_writable:
        raise UsageError(f"rows of the format `{target.name}` are only read, not written", hint="--to sharegpt")
    if report is not None and report.suffix not in (".jsonl", ".ndjson"):
        raise UsageError(f"--loss-report {report}: the report is JSON Lines", hint=f"--loss-report {report}.jsonl")
    files = [name for name in (output, str(report) if report is not None else None) if name not in (None, STDIN)]
    for name in files:
        if source != STDIN and os.path.exists(name) and Path(name).samefile(source):
            raise UsageError(f"{name} is the file that is read", hint="name another file to write")
        if os.path.exists(name) and not force:
            raise UsageError(f"{name} exists", hint="--force replaces it")
    if len({os.path.realpath(name) for name in files}) < len(files):
        raise UsageError(f"{output} cannot hold both the rows and the loss report")


@dataclass
class _Run:
    """One pass over a file."""

    result: Conversion
    target: Format
    options: Options
    write: Callable[[dict[str, JSON]], None]
    report: Callable[[dict[str, JSON]], None]

    def over(self, reading: Reading, tell: Tell) -> None:
        step = f"converting {reading.path}"
        tell(Started(step, reading.size, "bytes"))
        for conversation in reading.conversations():
            if self.result.read % 256 == 0:
                tell(Progress(step, reading.position, reading.size, "bytes"))
            self.result.read += 1
            self._row(conversation)
        tell(Done(step, f"{self.result.read} rows"))

    def _row(self, conversation: Conversation) -> None:
        if not conversation.is_readable:
            self.result.unreadable.add(conversation)
            self.result.lossy.add(conversation)
            for problem in conversation.problems:
                self.report(_line(conversation, None, None, problem.at, f"{problem.kind}: {problem.detail}"))
            return
        try:
            self._readable(conversation)
        except RecursionError:
            self._refused(conversation, TOO_DEEP, [])

    def _readable(self, conversation: Conversation) -> None:
        source = conversation
        if not self.options.text_calls:
            conversation, found = real_calls(conversation)
            self.result.text_calls += found
            self.result.text_call_rows += bool(found)
        whole, losses = lowered(conversation, self.target)
        malformed = [loss for loss in losses if loss.trait is Trait.MALFORMED]
        if malformed:
            self._refused(source, KINDS[Trait.MALFORMED].name, malformed)
        elif not whole.messages:
            self._refused(source, NO_MESSAGES, [])
        else:
            row = self.target.write(whole)
            losses += _crowded_out(whole, row)
            encoded(row)
            if losses:
                self.result.lossy.add(source)
            self._count(source, losses)
            self.write(row)
            self.result.written += 1

    def _refused(self, conversation: Conversation, why: Prose, losses: list[Loss]) -> None:
        self.result.refused.setdefault(why, Left()).add(conversation)
        self.result.lossy.add(conversation)
        if not losses:
            self.report(_line(conversation, None, None, "", why))
        self._count(conversation, losses)

    def _count(self, conversation: Conversation, losses: list[Loss]) -> None:
        self.result.losses.update(loss.trait for loss in losses)
        self.result.lossy_rows.update({loss.trait for loss in losses})
        for loss in losses:
            self.report(_line(conversation, loss.trait, KINDS[loss.trait].number, loss.at, loss.what))


def _crowded_out(conversation: Conversation, row: dict[str, JSON]) -> list[Loss]:
    """Keys of the row that the format uses for something else."""
    lost = [key for key, value in conversation.extra.items() if row.get(key) is not value and row.get(key) != value]
    return [Loss(Trait.ROW_FIELDS, item_at(key), KINDS[Trait.ROW_FIELDS].name) for key in lost]


def _line(conversation: Conversation, trait: Trait | None, number: str | None, at: str, detail: str) -> dict[str, JSON]:
    """One line of the loss report; `trait` and `loss` are null where the row was left out for another reason."""
    origin = conversation.origin
    return {
        "row": origin.row,
        "line": origin.line,
        "id": conversation.id,
        "loss": number,
        "trait": trait.value if trait is not None else None,
        "at": at,
        "detail": str(detail),
    }


def place_of(conversation: Conversation) -> str:
    """Where a row stands, for a person."""
    origin = conversation.origin
    return f"{origin.path}:{origin.line}" if origin.line is not None else f"{origin.path}, row {origin.row}"
