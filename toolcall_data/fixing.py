"""Fix files: the rules' fixes applied row by row, every other byte of a file left as it is.

A fix is kept only where its rule finds less afterwards, no rule finds more, and the row says nothing else than it did.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from toolcall_data.conversation.json_changes import changes
from toolcall_data.conversation.json_style import style_of
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.errors import InputError, UsageError
from toolcall_data.events import Done, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format
from toolcall_data.formats.rewriting import rewritings
from toolcall_data.judging import few_collections
from toolcall_data.report.fixed_rows import Edit, FixedRow
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._mending import ALL, SAFE, Mended, mend
from toolcall_data.rules.base import Applicability, Finding, Rule
from toolcall_data.sources.bytes import Opened, open_text
from toolcall_data.sources.paths import STDIN
from toolcall_data.sources.reader import conversation_of, open_file
from toolcall_data.sources.row_texts import read_row_texts
from toolcall_data.sources.rows import RawRow, read_rows
from toolcall_data.sources.sink import encoded, replacing, stream_to

Adjust = Callable[[Conversation | None, list[Finding]], list[Finding]]
Write = Callable[[bytes], object]

_TOLD = 256
"""Rows from one telling of progress to the next."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to fix: its format where it is settled, and where it goes; None writes nothing."""

    path: str
    format: Format | None = None
    output: str | None = None

    @property
    def is_in_place(self) -> bool:
        return self.output == self.path and self.path != STDIN


@dataclass(frozen=True)
class Options:
    """`unsafe` applies fixes that need a person's eye as well; `adjust` says which findings are fixed and counted.

    `backup` keeps what is replaced in place as FILE.bak, `force` replaces a FILE.bak that exists.
    """

    unsafe: bool = False
    backup: bool = True
    force: bool = False
    adjust: Adjust | None = None

    @property
    def wanted(self) -> tuple[Applicability, ...]:
        return ALL if self.unsafe else SAFE


@dataclass
class RuleFixes:
    """What the fixes of one rule did."""

    applicability: Applicability
    rows: int = 0
    changes: int = 0


@dataclass
class Fixing:
    """Fixing in progress; the counts grow while `run` is iterated. `rows` are those untouched, fixed and unreadable.

    `left` counts the findings after the fixes by rule, `fixable` those of them whose fix is safe or unsafe, and
    `held_back` the rows in which a rule's fix was not kept because it would have done harm.
    """

    rows: int = 0
    untouched: int = 0
    fixed: int = 0
    unreadable: int = 0
    by_rule: dict[str, RuleFixes] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    fixable: Counter[Applicability] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)

    def run(
        self,
        errands: Iterable[Errand],
        rules: Iterable[Rule],
        options: Options = Options(),
        *,
        heard: Callable[[FixedRow], object] = lambda row: None,
        tell: Tell = silence,
    ) -> None:
        """Fix files in order; `heard` is told of every row that is fixed.

        All files appear when the last row has been fixed, and none on an error or a stop. A file that is fixed in
        place and needs no fix stays as it is.

        Raises:
            InputError: a file cannot be read or written; UsageError: a format is only read.
        """
        checker = Checker(rules)
        with ExitStack() as published, few_collections():
            for errand in errands:
                with suppress(_UnchangedError), ExitStack() as own:
                    _File(self, errand, checker, options, heard, tell, own).fix()
                    published.enter_context(own.pop_all())

    def count(self, row: FixedRow) -> None:
        """Take a fixed row into account."""
        self.fixed += 1
        for name in dict.fromkeys(edit.rule.name for edit in row.edits):
            own = [edit for edit in row.edits if edit.rule.name == name]
            known = self.by_rule.setdefault(name, RuleFixes(own[0].applicability))
            known.rows += 1
            known.changes += sum(len(edit.changes) for edit in own)
            if any(edit.applicability == "unsafe" for edit in own):
                known.applicability = "unsafe"

    def facts(self) -> dict[str, JSON]:
        """What was fixed, for reports."""
        by_rule = {name: asdict(fixes) for name, fixes in sorted(self.by_rule.items())}
        return {"rows": self.fixed, "files": list(self.written), "by_rule": by_rule}

    def count_left(self, findings: list[Finding]) -> None:
        """Take the findings that a row is left with into account."""
        self.left.update(finding.name for finding in findings)
        self.fixable.update(finding.fix for finding in findings if finding.fix is not None)


class _UnchangedError(Exception):
    """Ends the writing of a file that is to stay as it is."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A conversation with the row that holds it."""

    row: dict[str, JSON]
    conversation: Conversation
    format: Format

    def with_fix(self, fixed: Conversation, findings: Sequence[Finding]) -> Iterator[_Written]:
        places = [finding.pointer for finding in findings]
        for row, conversation in rewritings(self.row, self.format, self.conversation, fixed, places):
            yield _Written(row, conversation, self.format)


@dataclass
class _File:
    """One pass over a file."""

    fixing: Fixing
    errand: Errand
    checker: Checker
    options: Options
    heard: Callable[[FixedRow], object]
    tell: Tell
    stack: ExitStack

    def fix(self) -> None:
        """Fix the rows, and write them where they go."""
        path, errand = self.errand.path, self.errand
        before = self.fixing.fixed
        with ExitStack() as own:
            place = own.enter_context(_on_disk(path))
            reading = open_file(place, errand.format)
            reading.close()
            _refuse_if_only_read(path, reading.format)
            opened = own.enter_context(_open(place))
            write = self._output(opened)
            step = f"fixing {path}"
            self.tell(Started(step, opened.size, "bytes"))
            for number, (raw, text) in enumerate(_rows(opened, write)):
                self._row(raw, text, reading.format, write)
                if number % _TOLD == 0:
                    self.tell(Progress(step, opened.position, opened.size, "bytes"))
            self.tell(Done(step, f"{self.fixing.rows} rows"))
        if errand.is_in_place and self.fixing.fixed == before:
            raise _UnchangedError
        if errand.output is not None:
            self.fixing.written.append(errand.output)

    def _output(self, opened: Opened) -> Write:
        output, options = self.errand.output, self.options
        if output is None:
            return lambda data: None
        if not self.errand.is_in_place:
            return self.stack.enter_context(stream_to(output)).write
        if opened.is_parquet:
            raise UsageError(f"{output}: Parquet is not written", hint="write JSON Lines: -o fixed.jsonl")
        return self.stack.enter_context(replacing(output, backup=options.backup, force=options.force)).write

    def _row(self, raw: RawRow, text: bytes, form: Format, write: Write) -> None:
        """Fix one row and write it."""
        conversation = conversation_of(raw, form, self.errand.path)
        findings = self.checker.check(conversation)
        self.fixing.rows += 1
        if not conversation.is_readable:
            self.fixing.unreadable += 1
            write(text)
        elif (mended := self._mended(raw, conversation, findings, form)) is None or not mended.steps:
            self.fixing.untouched += 1
            write(text or _line(raw.value))
        else:
            row = _fixed_row(self.errand.path, raw, mended)
            write(_spelt(text, row.after))
            self.fixing.count(row)
            self.heard(row)
            conversation, findings = mended.draft.conversation, mended.left
        self.fixing.count_left(self._adjusted(conversation, findings))

    def _mended(
        self, raw: RawRow, conversation: Conversation, findings: list[Finding], form: Format
    ) -> Mended[_Written] | None:
        """The row after its fixes; None where there is nothing to fix, or it is nested too deeply to be written."""
        wanted = self.options.wanted

        def due(found: list[Finding]) -> list[Finding]:
            return self._adjusted(conversation, found)

        if not any(finding.fix in wanted for finding in due(findings)):
            return None
        try:
            mended = mend(_Written(raw.value, conversation, form), findings, self.checker, wanted, due)
        except RecursionError:
            return None
        self.fixing.held_back.update(mended.held_back)
        return mended

    def _adjusted(self, conversation: Conversation, findings: list[Finding]) -> list[Finding]:
        adjust = self.options.adjust
        return findings if adjust is None or not findings else adjust(conversation, findings)


def _rows(opened: Opened, write: Write) -> Iterator[tuple[RawRow, bytes]]:
    """The rows with their text, which rows of Parquet have not.

    Raises:
        InputError: the file turns out to be damaged.
    """
    try:
        if opened.is_parquet:
            yield from ((raw, b"") for raw in read_rows(opened))
        else:
            yield from read_row_texts(opened, write)
    except (EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InputError(f"cannot read {opened.path} to its end: {error}", hint="get the file again") from error


def _fixed_row(path: str, raw: RawRow, mended: Mended[_Written]) -> FixedRow:
    edits = tuple(
        Edit(step.rule, step.applicability, tuple(changes(step.before.row, step.after.row))) for step in mended.steps
    )
    return FixedRow(path, raw.row, raw.line, mended.draft.conversation.id, raw.value, mended.draft.row, edits)


def _spelt(text: bytes, row: dict[str, JSON]) -> bytes:
    """A row in the manner of its old text, and with its line ends."""
    if not text:
        return _line(row)
    written = style_of(text.decode()).write(row).encode()
    return written.replace(b"\n", b"\r\n") if b"\r\n" in text else written


def _line(row: JSON) -> bytes:
    """A row of Parquet as JSON Lines."""
    try:
        return encoded(row) + b"\n"
    except TypeError:
        return json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"


def _refuse_if_only_read(path: str, form: Format) -> None:
    if form.is_writable and type(form).read_all is Format.read_all:
        return
    hint = f"`tcdata convert {path} OUT --to sharegpt`, then fix OUT"
    raise UsageError(f"{path}: rows of the format `{form.name}` are only read, not written", hint=hint)


@contextmanager
def _open(path: str) -> Iterator[Opened]:
    opened = open_text(path)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def _on_disk(path: str) -> Iterator[str]:
    """The file to read; standard input is taken down first, for a file is opened twice."""
    if path != STDIN:
        yield path
        return
    with TemporaryDirectory() as folder:
        place = Path(folder) / "stdin"
        with place.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield str(place)
