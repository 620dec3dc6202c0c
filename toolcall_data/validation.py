"""Validate files: every row of every file judged by the rules, with the counts that a report needs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.errors import EmptyError
from toolcall_data.events import Done, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format, format_named
from toolcall_data.judging import LARGE, Batch, FileTask, Found, Task, judge_all, size_on_disk, tasks_of
from toolcall_data.rules._sets import Whole
from toolcall_data.rules._tallies import Tallies, concerned
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.rules.ds_template_compat import DsTemplateCompat
from toolcall_data.sources.dataset_info import read_entry
from toolcall_data.sources.paths import expand
from toolcall_data.sources.registry import format_of_entry, judged_files, read_registry, registry_of
from toolcall_data.sources.seen import seen_file
from toolcall_data.target.files import SeenSet, Watch
from toolcall_data.target.outcome import Kind
from toolcall_data.target.registration import SHAREGPT, Registration
from toolcall_data.target.registry import Registered, Registry
from toolcall_data.target.templates import Target

Adjust: TypeAlias = Callable[[Conversation | None, list[Finding]], list[Finding]]


@dataclass
class FileVerdict:
    """One file: how it was read, how many of its rows have findings, and what the trainer does with how many."""

    path: str
    format: str
    reason: str
    is_registered: bool = False
    rows: int = 0
    rows_with_errors: int = 0
    rows_with_warnings: int = 0
    outcomes: Counter[Kind] = field(default_factory=Counter)


@dataclass
class RuleCount:
    """How often a rule spoke: its findings, and the rows that have any."""

    findings: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Job:
    """One file to judge: its format where it is settled, and the entry of a dataset_info.json that registers it."""

    path: str
    format: Format | None
    registration: Registration | None = None
    entry: Registered | None = None


@dataclass
class Validation:
    """A validation in progress; the counts grow while `run` is iterated.

    `fixed` says what was fixed before, None where nothing was to be.
    """

    files: list[FileVerdict] = field(default_factory=list)
    by_rule: dict[str, RuleCount] = field(default_factory=dict)
    severities: Counter[Severity] = field(default_factory=Counter)
    fixable: int = 0
    fixed: dict[str, JSON] | None = None

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def run(
        self,
        jobs: Iterable[Job],
        rules: Iterable[Rule],
        *,
        adjust: Adjust | None = None,
        target: Target | None = None,
        tell: Tell = silence,
        processes: int = 1,
        registries: Iterable[Registry] = (),
    ) -> Iterator[tuple[Conversation | None, list[Finding]]]:
        """Every conversation that has findings, with them; None stands for findings that are about no row.

        First come those about `registries` and their entries, last those about files and the rows as a whole.

        `adjust` says which findings of a row are reported, and how bad they are. `target` is the trainer
        whose verdict on every row is asked; None asks for none. `processes` is how many judge the rows
        of large inputs; what is found and its order are the same for any number.

        Raises:
            InputError: a file cannot be read.
        """
        wanted = list(jobs)
        rules = concerned(tuple(rules), [job.path for job in wanted])
        tallies, whole = Tallies(rules), Whole(rules)
        firsts: dict[str, int] = {}
        watches: dict[int, Watch] = {}
        yield from self._about(map(whole.of_registry, registries), adjust)
        for batch in _judged(wanted, rules, target, processes):
            while len(self.files) <= batch.number:
                job = wanted[len(self.files)]
                self.files.append(FileVerdict(job.path, batch.format, batch.reason, job.registration is not None))
                tell(Started(f"checking {batch.path}", batch.size, "bytes"))
            tell(Progress(f"checking {batch.path}", batch.position, batch.size, "bytes"))
            yield from self._take(batch, adjust)
            # A file that several entries register is one set of rows all the same.
            if batch.tallies is not None and firsts.setdefault(batch.path, batch.number) == batch.number:
                tallies.merge(batch.tallies)
            if batch.watch is not None and (watch := watches.setdefault(batch.number, batch.watch)) is not batch.watch:
                watch.merge(batch.watch)
        yield from self._about((whole.of_set(entry, seen) for entry, seen in _sets(wanted, watches)), adjust)
        yield from self._about(tallies.findings(), adjust)
        if target is not None:
            yield from self._about(self._untrainable(rules, target), adjust)
        tell(Done("validate", f"{self.rows} rows"))

    def _untrainable(self, rules: Iterable[Rule], target: Target) -> Iterator[list[Finding]]:
        """What the outcomes of a file's rows mean for the file."""
        for rule in rules:
            if isinstance(rule, DsTemplateCompat):
                judged = (rule.judge(file.path, file.outcomes, target) for file in self.files)
                yield from ([finding] for finding in judged if finding is not None)

    def _about(self, findings: Iterable[list[Finding]], adjust: Adjust | None) -> Iterator[tuple[None, list[Finding]]]:
        """Findings that are about no row, counted."""
        for found in findings:
            if reported := adjust(None, found) if adjust is not None else found:
                self._count(None, reported)
                yield None, reported

    def _take(self, batch: Batch, adjust: Adjust | None) -> Iterator[Found]:
        file = self.files[-1]
        file.rows += batch.rows
        file.outcomes += batch.outcomes
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


def _judged(wanted: Sequence[Job], rules: Sequence[Rule], target: Target | None, processes: int) -> Iterator[Batch]:
    if processes > 1 and sum(size_on_disk(job.path) for job in wanted) >= LARGE:
        from toolcall_data.workers import judge_in_turn

        return judge_in_turn(_tasks(wanted, are_cut=True), rules, processes, target)
    return judge_all(_tasks(wanted, are_cut=False), rules, target)


def _tasks(wanted: Sequence[Job], *, are_cut: bool) -> Iterator[Task]:
    for number, job in enumerate(wanted):
        what = (number, job.path, job.format, job.registration)
        yield from tasks_of(*what) if are_cut else [FileTask(*what)]


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
    means = registry_of(name)
    if means is None:
        return [Job(path, None) for path in expand([name])]
    info, dataset = means
    if dataset is not None:
        read_entry(info, dataset)
    registry = read_registry(info)
    found = [job for entry in registry.entries if dataset in (None, entry.name) for job in _of_entry(entry)]
    if not Path(name).is_dir():
        return found
    known = {str(Path(job.path).resolve()) for job in found}
    return found + [Job(file, None) for file in _others(name) if str(Path(file).resolve()) not in known]


def _others(folder: str) -> list[str]:
    """The data files of a folder that holds a dataset_info.json; there may be none."""
    try:
        return expand([folder])
    except EmptyError:
        return []


def registries(names: Sequence[str], chosen: str | None = None) -> list[Registry]:
    """Every dataset_info.json that `names` mean, each once; of one dataset's, no other entries.

    None where a format is named: then a dataset_info.json is a file like others.
    """
    means = dict.fromkeys(found for name in names if chosen is None and (found := registry_of(name)) is not None)
    read = [(read_registry(info), dataset) for info, dataset in means]
    return [registry if dataset is None else registry.only(dataset) for registry, dataset in read]


def _of_entry(entry: Registered) -> list[Job]:
    """The files of an entry whose rows can be judged; pairs of answers are not."""
    if entry.is_of_pairs:
        return []
    form = format_of_entry(entry)
    if form is None:
        return [Job(file, None) for file in judged_files(entry.local)]
    return [Job(file, form, entry.registration, entry) for file in judged_files(entry.local)]


def _sets(wanted: Sequence[Job], watches: Mapping[int, Watch]) -> Iterator[tuple[Registered | None, SeenSet]]:
    """The datasets whose rows were watched: the files of an entry together, every other file by itself."""
    by_set: dict[tuple[str, str] | int, list[int]] = {}
    for number, job in enumerate(wanted):
        if number in watches:
            entry = job.entry
            by_set.setdefault((entry.info, entry.name) if entry is not None else number, []).append(number)
    for numbers in by_set.values():
        entry = wanted[numbers[0]].entry
        files = tuple(seen_file(wanted[number].path, watches[number]) for number in numbers)
        registration = entry.registration if entry is not None else watches[numbers[0]].registration
        is_shuffled = entry is not None and (entry.keys or {}).get("num_samples") is not None
        yield entry, SeenSet(files, registration or SHAREGPT, is_shuffled)
