"""Validate files: every row of every file judged by the rules, with the counts that a report needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError
from toolcall_data.events import Done, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format, format_named
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.sources.dataset_info import FILE_NAME, Entry, format_of, local_files, read_entry, read_info, traps
from toolcall_data.sources.paths import expand
from toolcall_data.sources.reader import open_file


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
        self, jobs: Iterable[Job], rules: Iterable[Rule], *, adjust: Adjust | None = None, tell: Tell = silence
    ) -> Iterator[tuple[Conversation | None, list[Finding]]]:
        """Every conversation that has findings, with them; None stands for a file's entry in dataset_info.json.

        `adjust` says which findings of a row are reported, and how bad they are.

        Raises:
            InputError: a file cannot be read.
        """
        checker = Checker(rules)
        wanted = {rule.name for rule in checker.rules}
        for job in jobs:
            found = [finding for finding in job.findings if finding.name in wanted]
            if found := adjust(None, found) if adjust is not None else found:
                self._count(None, found)
                yield None, found
            yield from self._file(job, checker, adjust, tell)
        tell(Done("validate", f"{self.rows} rows"))

    def _file(
        self, job: Job, checker: Checker, adjust: Adjust | None, tell: Tell
    ) -> Iterator[tuple[Conversation, list[Finding]]]:
        reading = open_file(job.path, job.format)
        file = FileVerdict(job.path, reading.format.name, reading.reason)
        self.files.append(file)
        step = f"checking {job.path}"
        tell(Started(step, reading.size, "bytes"))
        for conversation in reading.conversations():
            if file.rows % 256 == 0:
                tell(Progress(step, reading.position, reading.size, "bytes"))
            file.rows += 1
            found = checker.check(conversation)
            if found and adjust is not None:
                found = adjust(conversation, found)
            if found:
                self._count(file, found)
                yield conversation, found

    def _count(self, file: FileVerdict | None, found: list[Finding]) -> None:
        for finding in found:
            self.by_rule.setdefault(finding.name, RuleCount()).findings += 1
            self.severities[finding.severity] += 1
            self.fixable += finding.fix == "safe"
        for name in {finding.name for finding in found}:
            self.by_rule[name].rows += file is not None
        if file is not None:
            worst = {finding.severity for finding in found}
            file.rows_with_errors += Severity.ERROR in worst
            file.rows_with_warnings += Severity.WARNING in worst


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
