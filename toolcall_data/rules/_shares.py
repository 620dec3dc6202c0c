"""Rules about shares of a set: how many rows, or calls, are of one kind and of another."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules.base import DatasetRule, Finding, Severity, Tally


class ShareRule(DatasetRule):
    """A rule that counts and judges the counts of the whole input, of all its files together."""

    severity = Severity.WARNING
    holds = "a few counters"
    FEWEST: ClassVar[int] = 200
    """Rows below which shares are chance, and a set is a sample or a test."""

    @abstractmethod
    def count(self, conversation: Conversation) -> Iterable[str]:
        """What a row adds one to."""

    @abstractmethod
    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        """What is wrong with the counts."""

    def tally(self) -> Tally:
        return _Counted(self)


class _Counted(Tally):
    """`file` is the first one of which anything was counted; findings are put there."""

    def __init__(self, rule: ShareRule) -> None:
        self._rule = rule
        self._counts: Counter[str] = Counter()
        self._file = ""

    def add(self, conversation: Conversation) -> None:
        for name in self._rule.count(conversation):
            self._counts[name] += 1
            self._file = self._file or conversation.origin.path

    def merge(self, later: _Counted) -> None:
        self._counts.update(later._counts)
        self._file = self._file or later._file

    def findings(self) -> Iterator[Finding]:
        for finding in self._rule.judge(self._counts):
            yield replace(finding, file=self._file)


class SkillRule(ShareRule):
    """A rule about a skill that hardly any row with calls shows."""

    LEAST: ClassVar[float] = 0.01
    """Below one row in a hundred, 200 rows show a skill once or never: too seldom to be learnt."""
    hint: ClassVar[Prose]

    @abstractmethod
    def shows(self, conversation: Conversation) -> bool:
        """Whether a row with calls shows the skill."""

    @abstractmethod
    def say(self, rows: int, shown: int) -> Prose:
        """The message, for so many rows with calls and so many that show it."""

    def count(self, conversation: Conversation) -> Iterator[str]:
        if conversation.calls:
            yield "rows"
            if self.shows(conversation):
                yield "shown"

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows, shown = counts["rows"], counts["shown"]
        if rows >= self.FEWEST and shown < self.LEAST * rows:
            yield self.found(self.say(rows, shown), hint=self.hint)


def called(conversation: Conversation) -> Iterator[str]:
    """The names of the tools a row calls, once for each call."""
    return (call.name for call in conversation.calls if call.name is not None)


def none_or(count: int, noun: str, chinese: str) -> Prose:
    """A count with its noun: `no row`, `1 row`, `3 rows`."""
    if count == 0:
        return Prose(f"no {noun}", f"没有一{chinese}")
    return Prose(f"only {count:,} {noun}{'s' * (count > 1)}", f"只有 {count:,} {chinese}")


def percent(part: float, whole: float) -> str:
    """A share, to a tenth of a percent where it is small."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"
