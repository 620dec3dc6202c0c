"""Rules about what LLaMA-Factory loads as a whole: a dataset_info.json, an entry of it, the files of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules.base import Example, Finding, Rule, Severity
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered, Registry
from toolcall_data.target.shapes import Place


class _WholeRule(Rule):
    """A rule that one row alone tells nothing."""

    looks_at = "dataset"

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """Nothing: a row says nothing about its file."""
        return iter(())


class InfoRule(_WholeRule):
    """A rule about dataset_info.json. `good` and `bad` are texts of it; `rows` are those of the file they name.

    What needs no rows is found before any is read, the rest once all were.
    """

    rows: ClassVar[tuple[Example, ...]] = ()

    def check_registry(self, registry: Registry) -> Iterator[Finding]:
        """What is wrong with the file as a whole."""
        return iter(())

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        """What is wrong with an entry, by itself and by the names of its files."""
        return iter(())

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        """What is wrong with an entry, given the rows of its files."""
        return iter(())

    def on_key(
        self, entry: Registered, message: Prose, *keys: str, hint: str = "", severity: Severity | None = None
    ) -> Finding:
        """A finding on a key of an entry, or without keys on the entry."""
        at = entry.pointer(*keys)
        return _placed(self.found(message, at=at, hint=hint, severity=severity), entry.info, None, entry.line(at))

    def on_registry(self, registry: Registry, message: Prose, line: int | None, *, at: str = "", hint: str) -> Finding:
        """A finding on the file."""
        return _placed(self.found(message, at=at, hint=hint), registry.path, None, line)


class FileRule(_WholeRule):
    """A rule about the rows of the files of a dataset.

    `good` and `bad` are texts of files, whose first line stands there `times` times.
    """

    times: ClassVar[int] = 1

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        """What is wrong with the files."""
        return iter(())

    def on_file(
        self,
        file: str,
        message: Prose,
        place: Place | None = None,
        *,
        at: str = "",
        hint: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """A finding on a file, at a row where one is to be shown."""
        row, line = place if place is not None else (None, None)
        return _placed(self.found(message, at=at, hint=hint, severity=severity), file, row, line)


class Whole:
    """The chosen rules about registries and files, and what they find."""

    def __init__(self, wanted: Iterable[Rule]) -> None:
        rules = tuple(wanted)
        self.info = tuple(rule for rule in rules if isinstance(rule, InfoRule))
        self.files = tuple(rule for rule in rules if isinstance(rule, FileRule))

    @property
    def needs_rows(self) -> bool:
        """Whether any rule wants to know what the rows of a file are."""
        return bool(self.info or self.files)

    def of_registry(self, registry: Registry) -> list[Finding]:
        """What is wrong with a dataset_info.json and its entries, told without their rows; in the order of lines."""
        found = [finding for rule in self.info for finding in rule.check_registry(registry)]
        found += [each for entry in registry.entries for rule in self.info for each in rule.check_entry(entry)]
        return sorted(found, key=lambda finding: finding.line or 0)

    def of_set(self, entry: Registered | None, seen: SeenSet) -> list[Finding]:
        """What the rows of a set show."""
        by_entry = [finding for rule in self.info for finding in rule.check_rows(entry, seen)] if entry else []
        return by_entry + [finding for rule in self.files for finding in rule.check_files(seen)]


def place_text(place: Place) -> Prose:
    """A place in words."""
    row, line = place
    return Prose(f"line {line}", f"第 {line} 行") if line is not None else Prose(f"row {row}", f"第 {row} 条")


def _placed(finding: Finding, file: str, row: int | None, line: int | None) -> Finding:
    return replace(finding, file=file, row=row, line=line)
