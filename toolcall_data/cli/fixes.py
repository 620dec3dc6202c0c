"""What `tcdata fix` and `tcdata validate --fix` share: where fixed files go, and what is said of the fixes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from toolcall_data.cli.terminal import Terminal, cells
from toolcall_data.errors import UsageError
from toolcall_data.prose import Prose, said
from toolcall_data.safe_text import safe
from toolcall_data.sources.paths import DATA_SUFFIXES, PACKED_SUFFIXES, STDIN

if TYPE_CHECKING:
    from toolcall_data.fixing import Errand, Fixing
    from toolcall_data.policy import Policy
    from toolcall_data.report.fixed_rows import FixedRow
    from toolcall_data.validation import Job

_LINES = (".jsonl", ".ndjson")


def errands_of(jobs: Sequence[Job], output: str | None, *, in_place: bool, force: bool) -> list[Errand]:
    """Where each file goes once it is fixed: `output`, which is a folder for several, its own place, or nowhere.

    Raises:
        UsageError: a file would be overwritten, or two would be written to one place.
    """
    from toolcall_data.fixing import Errand

    # A file that several entries of a dataset_info.json register is fixed once.
    files = list({os.path.realpath(job.path) if job.path != STDIN else STDIN: job for job in reversed(jobs)}.values())
    if in_place:
        errands = [Errand(job.path, job.format, _own_place(job.path)) for job in reversed(files)]
    elif output is None:
        errands = [Errand(job.path, job.format) for job in reversed(files)]
    else:
        errands = [Errand(job.path, job.format, _target(job.path, output, len(files))) for job in reversed(files)]
        _refuse(errands, force)
    return errands


def _own_place(path: str) -> str:
    if path == STDIN:
        raise UsageError("standard input cannot be fixed in place", hint="leave out --in-place: it goes to stdout")
    if Path(path).suffix == ".parquet":
        raise UsageError(f"{path}: Parquet is not written", hint="write JSON Lines: -o fixed.jsonl")
    return path


def _target(path: str, output: str, files: int) -> str:
    """The file that a fixed one is written to: in the folder `output` where that is one, or where there are several."""
    if output == STDIN:
        if files > 1:
            raise UsageError(f"{files} files cannot all go to stdout", hint="-o FOLDER")
        return output
    if files == 1 and not Path(output).is_dir() and not output.endswith(("/", os.sep)):
        if _plain(path) == ".parquet" and _plain(output) not in _LINES:
            raise UsageError(f"{output}: rows of Parquet are written as JSON Lines", hint="-o fixed.jsonl")
        return output
    if Path(output).exists() and not Path(output).is_dir():
        raise UsageError(f"{output} is a file; {files} files go into a folder", hint="-o FOLDER")
    name = "stdin.jsonl" if path == STDIN else Path(path).name
    return str(Path(output) / (f"{name}.jsonl" if _plain(path) == ".parquet" else name))


def _plain(path: str) -> str:
    """The suffix of a file, that of packing aside."""
    for packed in PACKED_SUFFIXES:
        path = path.removesuffix(packed)
    suffix = Path(path).suffix
    return suffix if suffix in DATA_SUFFIXES else ""


def _refuse(errands: Sequence[Errand], force: bool) -> None:
    inputs = {os.path.realpath(errand.path) for errand in errands}
    taken: dict[str, str] = {}
    for errand in errands:
        output = errand.output or STDIN
        if output == STDIN:
            continue
        place = os.path.realpath(output)
        if place in inputs:
            raise UsageError(f"{output} is a file that is read", hint="--in-place fixes files where they lie")
        if place in taken:
            raise UsageError(f"{taken[place]} and {errand.path} would both be written to {output}")
        if os.path.exists(output) and not force:
            raise UsageError(f"{output} exists", hint="--force replaces it")
        taken[place] = errand.path


@dataclass(frozen=True)
class Wish:
    """What `tcdata validate --fix` is asked to do."""

    output: str | None
    in_place: bool
    diff: bool
    unsafe: bool
    log: str | None
    force: bool

    @classmethod
    def of(
        cls, fix: bool, output: str | None, in_place: bool, diff: bool, unsafe: bool, log: str | None, force: bool
    ) -> Self | None:
        """The wish that options of the command line make; None without --fix.

        Raises:
            UsageError: one needs --fix, or it is not said where the rows go.
        """
        ways = {"--fixed": output is not None, "--in-place": in_place, "--diff": diff}
        rest = {"--unsafe": unsafe, "--patch-log": log is not None, "--force": force}
        given = [name for name, is_given in ways.items() if is_given]
        if not fix:
            if lone := [*given, *(name for name, is_given in rest.items() if is_given)]:
                raise UsageError(f"{lone[0]} goes with --fix", hint=f"--fix {lone[0]}")
            return None
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} exclude each other")
        if not given:
            hint = "--fixed OUT writes a file, --in-place replaces, --diff shows what would change"
            raise UsageError("--fix: nothing says where the fixed rows go", hint=hint)
        return cls(output, in_place, diff, unsafe, log, force)

    def refuse(self, report: str | None, output: str | None, reports: Sequence[str]) -> None:
        """Refuse a report beside a diff, which is all that is printed, and rows where reports are printed.

        Raises:
            UsageError: there is such a thing.
        """
        if self.diff and (report is not None or output is not None or reports):
            raise UsageError("--diff prints no report", hint="--fixed OUT writes the rows and reports what is left")
        if self.output == STDIN:
            raise UsageError("--fixed - : stdout takes the report", hint="--fixed FILE, or `tcdata fix -o -`")


def fixed_first(wish: Wish, jobs: Sequence[Job], policy: Policy, terminal: Terminal) -> tuple[list[Job], Fixing]:
    """Fix the files of a validation before it, and say so: the files to judge then, and what was fixed."""
    from toolcall_data.fixing import Fixing, Options

    errands = errands_of(jobs, wish.output, in_place=wish.in_place, force=wish.force)
    known, policy.baseline = policy.baseline, None
    options = Options(unsafe=wish.unsafe, force=wish.force, adjust=policy.apply)
    fixing = Fixing()
    with listener(terminal, errands, diff=wish.diff, show=False, log=wish.log, force=wish.force) as hear:
        fixing.run(errands, policy.rules, options, heard=hear, tell=terminal.listen)
    policy.baseline = known
    tell(fixing, terminal, is_written=not wish.diff, unsafe=wish.unsafe, names_left=wish.diff)
    written = {os.path.realpath(errand.path): errand.output or errand.path for errand in errands}
    return [replace(job, path=written.get(os.path.realpath(job.path), job.path)) for job in jobs], fixing


@contextmanager
def listener(
    terminal: Terminal, errands: Sequence[Errand], *, diff: bool, show: bool, log: str | None, force: bool
) -> Iterator[Callable[[FixedRow], None]]:
    """What is told of every fixed row: its diff on stdout, its line on stderr, its changes in the patch log.

    The log appears when all is done.
    """
    from toolcall_data.report.fixed_rows import diff as diff_of
    from toolcall_data.report.fixed_rows import log_lines
    from toolcall_data.report.output import Look
    from toolcall_data.sources.sink import sink

    with ExitStack() as stack:
        _refuse_log(log, errands, force)
        write = stack.enter_context(sink(log)) if log is not None else None
        look = Look(language=terminal.language, paint=terminal.paint)

        def hear(row: FixedRow) -> None:
            if diff:
                terminal.clear_progress()
                sys.stdout.write(diff_of(row, look))
            if show:
                terminal.summary(f"{safe(row.place)}{f'  (id {safe(row.id)})' if row.id else ''}  {_edits(row)}")
            if write is not None:
                for line in log_lines(row):
                    write(line)

        yield hear


def _edits(row: FixedRow) -> str:
    """The rules that changed a row, each with the first place that it changed."""
    return ", ".join(f"{edit.rule.name} {edit.changes[0].at if edit.changes else ''}".strip() for edit in row.edits)


def _refuse_log(log: str | None, errands: Sequence[Errand], force: bool) -> None:
    if log is None:
        return
    if Path(log).suffix not in _LINES:
        raise UsageError(f"--patch-log {log}: the log is JSON Lines", hint=f"--patch-log {log}.jsonl")
    files = {os.path.realpath(name) for errand in errands for name in (errand.path, errand.output) if name}
    if os.path.realpath(log) in files:
        raise UsageError(f"{log} cannot hold both the rows and the patch log")
    if os.path.exists(log) and not force:
        raise UsageError(f"{log} exists", hint="--force replaces it")


_ROWS = Prose(
    "{} rows read = {} untouched + {} fixed + {} unreadable", "读取 {} 行 = 未改动 {} + 已修复 {} + 无法读取 {}"
)
_WOULD = Prose(
    "{} rows read = {} untouched + {} to be fixed + {} unreadable; nothing was written",
    "读取 {} 行 = 无需改动 {} + 待修复 {} + 无法读取 {}；未写出任何内容",
)
_HEAD = (Prose("rule", "规则"), Prose("fix", "修复"), Prose("rows", "行"), Prose("changes", "改动"))
_KIND = {"safe": Prose("safe", "安全"), "unsafe": Prose("unsafe", "不安全")}
_LEFT = Prose("findings left: {} ({})", "剩余问题 {} 个（{}）")
_UNSAFE = Prose("of these {} have an unsafe fix (--unsafe)", "其中 {} 个有不安全的修复（--unsafe）")
_HELD = Prose(
    "fixes not kept, for they would do harm or change more than they should: {}",
    "未采用的修复（会引起别的问题或改动过多）：{}",
)
_MOST_NAMED = 8


def tell(fixing: Fixing, terminal: Terminal, *, is_written: bool, unsafe: bool, names_left: bool = True) -> None:
    """What was done rule by rule, and what is left, on stderr."""
    language = terminal.language
    _table(fixing, terminal)
    if fixing.held_back:
        terminal.summary(_filled(_HELD, terminal, _named(fixing.held_back.most_common())))
    if names_left and fixing.left:
        named = _named(fixing.left.most_common())
        terminal.summary(_filled(_LEFT, terminal, f"{fixing.left.total():,}", named))
    if not unsafe and fixing.fixable["unsafe"]:
        terminal.summary(_filled(_UNSAFE, terminal, f"{fixing.fixable['unsafe']:,}"))
    counts = [f"{count:,}" for count in (fixing.rows, fixing.untouched, fixing.fixed, fixing.unreadable)]
    total = _filled(_ROWS if is_written else _WOULD, terminal, *counts)
    places = ", ".join(
        said(Prose("stdout", "标准输出"), language) if name == STDIN else name for name in fixing.written
    )
    terminal.summary(terminal.paint(f"{safe(places)}: {total}" if places else total, "bold", sys.stderr))


def _filled(sentence: Prose, terminal: Terminal, *parts: str) -> str:
    return said(sentence, terminal.language).format(*parts)


def _named(counts: list[tuple[str, int]]) -> str:
    more = ", …" if len(counts) > _MOST_NAMED else ""
    return ", ".join(f"{name} {count:,}" for name, count in counts[:_MOST_NAMED]) + more


def _table(fixing: Fixing, terminal: Terminal) -> None:
    if not fixing.by_rule:
        return
    rows = [tuple(said(word, terminal.language) for word in _HEAD)]
    for name, fixes in sorted(fixing.by_rule.items(), key=lambda item: (-item[1].rows, item[0])):
        kind = said(_KIND[fixes.applicability], terminal.language)
        rows.append((name, kind, f"{fixes.rows:,}", f"{fixes.changes:,}"))
    widths = [max(cells(row[column]) for row in rows) for column in range(len(_HEAD))]
    for number, row in enumerate(rows):
        first = [_padded(text, width) for text, width in zip(row[:2], widths[:2], strict=True)]
        last = [_padded(text, width, left=True) for text, width in zip(row[2:], widths[2:], strict=True)]
        line = "  ".join([*first, *last])
        terminal.summary(terminal.paint(line, "bold", sys.stderr) if number == 0 else line)


def _padded(text: str, width: int, *, left: bool = False) -> str:
    space = " " * (width - cells(text))
    return space + text if left else text + space
