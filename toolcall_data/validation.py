"""Validate files: every row of every file judged by the rules, with the counts that a report needs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError
from toolcall_data.events import Done, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format, format_named
from toolcall_data.judging import LARGE, Batch, FileTask, Found, Task, judge_all, size_on_disk, tasks_of
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules._tallies import Tallies, concerned
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.sources.dataset_info import FILE_NAME, Entry, format_of, local_files, read_entry, read_info, traps
from toolcall_data.sources.paths import expand

Adjust: TypeAlias = Callable[[Conversation | None, list[Finding]], list[Finding]]


@dataclass
class FileVerdict:
    """One file: how it was read, and how many of its rows have findings."""

    path: str
    format: str
    reason: str
    rows: int = 0
    rows_with_errors: int = 0
    rows_with_warnings: int = 0


@dataclass
class RuleCount:
    """How often a rule spoke: its findings, and the rows that have any."""

    findings: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Job:
    """One file to judge: its format where it is settled, and what is wrong with its dataset_info.json entry."""

    path: str
    format: Format | None
    findings: tuple[Finding, ...] = ()


@dataclass
class Validation:
    """A validation in progress; the counts grow while `run` is iterated."""

    files: list[FileVerdict] = field(default_factory=list)
    by_rule: dict[str, RuleCount] = field(default_factory=dict)
    severities: Counter[Severity] = field(default_factory=Counter)
    fixable: int = 0

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def run(
        self,
        jobs: Iterable[Job],
        rules: Iterable[Rule],
        *,
        adjust: Adjust | None = None,
        tell: Tell = silence,
        processes: int = 1,
    ) -> Iterator[tuple[Conversation | None, list[Finding]]]:
        """Every conversation that has findings, with them; None stands for a file's entry in dataset_info.json.

        Last come the findings about the rows as a whole, file by file, with None as well.

        `adjust` says which findings of a row are reported, and how bad they are. `processes` is how many judge the rows
        of large inputs; what is found and its order are the same for any number.

        Raises:
            InputError: a file cannot be read.
        """
        wanted = list(jobs)
        rules = concerned(tuple(rules), [job.path for job in wanted])
        tallies = Tallies(rules)
        names = {rule.name for rule in rules}
        for batch in _judged(wanted, rules, processes):
            while len(self.files) <= batch.number:
                job = wanted[len(self.files)]
                self.files.append(FileVerdict(job.path, batch.format, batch.reason))
                found = [finding for finding in job.findings if finding.name in names]
                if found := adjust(None, found) if adjust is not None else found:
                    self._count(None, found)
                    yield None, found
                tell(Started(f"checking {batch.path}", batch.size, "bytes"))
            tell(Progress(f"checking {batch.path}", batch.position, batch.size, "bytes"))
            yield from self._take(batch, adjust)
            if batch.tallies is not None:
                tallies.merge(batch.tallies)
        for found in tallies.findings():
            if found := adjust(None, found) if adjust is not None else found:
                self._count(None, found)
                yield None, found
        tell(Done("validate", f"{self.rows} rows"))

    def _take(self, batch: Batch, adjust: Adjust | None) -> Iterator[Found]:
        file = self.files[-1]
        file.rows += batch.rows
        for conversation, found in batch.found:
            if reported := adjust(conversation, found) if adjust is not None else found:
                self._count(file, reported)
                yield conversation, reported

    def _count(self, file: FileVerdict | None, found: list[Finding]) -> None:
        for finding in found:
            self.by_rule.setdefault(finding.name, RuleCount()).findings += 1
            self.severities[finding.severity] += 1
            self.fixable += finding.fix == "safe"
        if file is None:
            for finding in found:
                self.by_rule[finding.name].rows += finding.row is not None
        else:
            for name in {finding.name for finding in found}:
                self.by_rule[name].rows += 1
            worst = {finding.severity for finding in found}
            file.rows_with_errors += Severity.ERROR in worst
            file.rows_with_warnings += Severity.WARNING in worst


def usual_processes() -> int:
    """One for each core that this process may use, eight at most."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)


def _judged(wanted: Sequence[Job], rules: Sequence[Rule], processes: int) -> Iterator[Batch]:
    if processes > 1 and sum(size_on_disk(job.path) for job in wanted) >= LARGE:
        from toolcall_data.workers import judge_in_turn

        return judge_in_turn(_tasks(wanted, are_cut=True), rules, processes)
    return judge_all(_tasks(wanted, are_cut=False), rules)


def _tasks(wanted: Sequence[Job], *, are_cut: bool) -> Iterator[Task]:
    for number, job in enumerate(wanted):
        yield from tasks_of(number, job.path, job.format) if are_cut else [FileTask(number, job.path, job.format)]


def jobs(names: Sequence[str], chosen: str | None = None) -> list[Job]:
    """The files that `names` mean: files, folders, globs, `-`, a dataset_info.json, or `dataset@folder`.

    Files that a dataset_info.json in the same folder registers are read with the columns and tags of their entry,
    unless a format is named.

    Raises:
        InputError, EmptyError: a name means no file; UsageError: there is no such format.
    """
    settled = format_named(chosen) if chosen is not None else None
    found: list[Job] = []
    for name in names:
        found += _registered(name) if settled is None else [Job(path, settled) for path in expand([name])]
    # A file is judged once, but once for each entry that registers it: each reads it in its own way.
    return list({(job.path, job.format if chosen is None else None): job for job in found}.values())


def _registered(name: str) -> list[Job]:
    path = Path(name)
    if path.name == FILE_NAME and path.is_file():
        return [job for entry in _entries(path) for job in _of_entry(entry)]
    if not path.exists() and "@" in name:
        dataset, _, place = name.partition("@")
        info = Path(place) / FILE_NAME if Path(place).is_dir() else Path(place)
        return _of_entry(read_entry(info, dataset))
    known: dict[str, Job] = {}
    if path.is_dir() and (path / FILE_NAME).is_file():
        for entry in _entries(path / FILE_NAME):
            known |= {str(Path(job.path).resolve()): job for job in _of_entry(entry, must_exist=False)}
    return [known.get(str(Path(file).resolve()), Job(file, None)) for file in expand([name])]


def _entries(info: Path) -> list[Entry]:
    return [Entry(name, info, keys) for name, keys in read_info(info).items() if "file_name" in keys]


def _of_entry(entry: Entry, *, must_exist: bool = True) -> list[Job]:
    rule = rule_named("row.key_missing")
    findings = tuple(
        Finding(rule.code, rule.name, rule.severity, message, pointer=f"/{entry.name}", file=str(entry.info))
        for message in traps(entry)
    )
    try:
        files = local_files(entry, entry.info)
    except InputError:
        if must_exist:
            raise
        return []
    return [Job(file, format_of(entry), findings if number == 0 else ()) for number, file in enumerate(files)]
