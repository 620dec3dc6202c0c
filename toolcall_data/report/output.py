"""What an output of findings is, how one is found, and what all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Protocol, TypeAlias

from toolcall_data.catalogue import classes
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Language, Prose, said
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.outcome import Kind

Found: TypeAlias = tuple[Conversation | None, list[Finding]]
"""One row's findings with its conversation; None where the findings are about a file or a whole set."""


class Sink(Protocol):
    """Where text goes: a file, or stdout."""

    def write(self, text: str, /) -> object: ...
    def writelines(self, lines: Iterable[str], /) -> object: ...
    def flush(self) -> object: ...


class FileCount(Protocol):
    """One file: how it was read, how many of its rows have findings, and what the trainer does with how many."""

    path: str
    format: str
    reason: str
    is_registered: bool
    rows: int
    rows_with_errors: int
    rows_with_warnings: int
    outcomes: Counter[Kind]


class RuleCount(Protocol):
    """How often a rule spoke."""

    findings: int
    rows: int


class Counts(Protocol):
    """What a validation has counted once it has run to its end."""

    @property
    def files(self) -> Sequence[FileCount]: ...
    @property
    def by_rule(self) -> Mapping[str, RuleCount]: ...
    @property
    def severities(self) -> Mapping[Severity, int]: ...
    @property
    def rows(self) -> int: ...
    @property
    def fixable(self) -> int: ...
    @property
    def fixed(self) -> Mapping[str, JSON] | None: ...


def _plain(text: str, style: str) -> str:
    return text


@dataclass(frozen=True)
class Look:
    """How findings are shown. `most` is how many of one rule and file, None for all; `width` is in terminal cells."""

    language: Language = "en"
    width: int = 100
    paint: Callable[[str, str], str] = _plain
    cells: Callable[[str], int] = len
    clip: Callable[[str, int], str] = lambda text, width: text[:width]
    most: int | None = None
    only_counts: bool = False

    def say(self, text: str) -> str:
        """A sentence in the chosen language."""
        return said(text, self.language)

    def words(self, en: str, zh: str) -> str:
        """One of two spellings of a word of the report itself."""
        return zh if self.language == "zh" else en


class Output(ABC):
    """One shape of a report: its findings one row at a time, then the counts.

    `says_summary` is False where stdout holds a document that a summary beside it would repeat.
    """

    name: ClassVar[str]
    title: ClassVar[Prose]
    says_summary: ClassVar[bool] = False

    def __init__(self, out: Sink, look: Look) -> None:
        self.out = out
        self.look = look

    @abstractmethod
    def add(self, found: Found) -> None:
        """The findings of the next row."""

    @abstractmethod
    def end(self, counts: Counts) -> None:
        """Write what comes last."""


@cache
def outputs() -> dict[str, type[Output]]:
    """All outputs by name."""
    return {found.name: found for found in classes("toolcall_data.report.outputs", Output)}  # type: ignore[type-abstract]


class Worst:
    """The worst findings, at most `most` of them: errors before warnings, and of equals those that came first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.left_out = 0
        self._kept: dict[Severity, list[tuple[int, Conversation | None, Finding]]] = {level: [] for level in Severity}
        self._seen = 0

    def add(self, conversation: Conversation | None, finding: Finding) -> None:
        self._kept[finding.severity].append((self._seen, conversation, finding))
        self._seen += 1
        if sum(map(len, self._kept.values())) > self.most:
            next(kept for _, kept in sorted(self._kept.items()) if kept).pop()
            self.left_out += 1

    def in_order(self) -> list[tuple[Conversation | None, Finding]]:
        """In the order they came."""
        every = sorted((item for kept in self._kept.values() for item in kept), key=lambda item: item[0])
        return [(conversation, finding) for _, conversation, finding in every]
