"""Rules about shares of a set: how many rows, or calls, are of one kind and of another."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._guards import facts
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


class Shape(NamedTuple):
    """What most of these rules tell rows by; there are few different ones.

    `offered` is 2 for two tools and more, `is_spoken` whether there is any message. A row `has_steps` where calls
    follow each other before the user speaks again, and `has_turns` where the user speaks twice.
    """

    offered: int
    is_spoken: bool
    has_calls: bool
    has_parallel_calls: bool
    has_steps: bool
    has_turns: bool


def shape_of(conversation: Conversation) -> Shape:
    found = facts(conversation)
    return _shape(found.order, min(len(conversation.tools), 2), found.has_parallel_calls)


@lru_cache(maxsize=4096)
def _shape(order: str, offered: int, has_parallel_calls: bool) -> Shape:
    return Shape(
        offered,
        is_spoken=bool(order),
        has_calls="c" in order,
        has_parallel_calls=has_parallel_calls,
        has_steps=any(turn.count("c") > 1 for turn in order.split("u")),
        has_turns=order.count("u") > 1,
    )


class ShapeRule(ShareRule):
    """A rule that counts by the shapes of rows alone."""

    @abstractmethod
    def of_shape(self, shape: Shape) -> Sequence[str]:
        """What a row of this shape adds one to."""

    def count(self, conversation: Conversation) -> Sequence[str]:
        return self.of_shape(shape_of(conversation))

    def tally(self) -> Tally:
        return _Shaped(self)


class _Shaped(Tally):
    """How many rows have each shape, and the file of the first one; shapes in the order of their first rows."""

    def __init__(self, rule: ShapeRule) -> None:
        self._rule = rule
        self._counts: dict[Shape, int] = {}
        self._files: dict[Shape, str] = {}

    def add(self, conversation: Conversation) -> None:
        shape = shape_of(conversation)
        if shape in self._counts:
            self._counts[shape] += 1
        else:
            self._counts[shape], self._files[shape] = 1, conversation.origin.path

    def merge(self, later: _Shaped) -> None:
        for shape, count in later._counts.items():
            self._counts[shape] = self._counts.get(shape, 0) + count
            self._files.setdefault(shape, later._files[shape])

    def findings(self) -> Iterator[Finding]:
        counts: Counter[str] = Counter()
        file = ""
        for shape, rows in self._counts.items():
            for name in self._rule.of_shape(shape):
                counts[name] += rows
                file = file or self._files[shape]
        for finding in self._rule.judge(counts):
            yield replace(finding, file=file)


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

    def count(self, conversation: Conversation) -> Sequence[str]:
        if not facts(conversation).has_calls:
            return ()
        return ("rows", "shown") if self.shows(conversation) else ("rows",)

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows, shown = counts["rows"], counts["shown"]
        if rows >= self.FEWEST and shown < self.LEAST * rows:
            yield self.found(self.say(rows, shown), hint=self.hint)


class SkillOfShapeRule(SkillRule, ShapeRule):
    """A skill that the shape of a row shows."""

    @abstractmethod
    def has(self, shape: Shape) -> bool:
        """Whether rows with calls of this shape show the skill."""

    def shows(self, conversation: Conversation) -> bool:
        return self.has(shape_of(conversation))

    def of_shape(self, shape: Shape) -> Sequence[str]:
        if not shape.has_calls:
            return ()
        return ("rows", "shown") if self.has(shape) else ("rows",)


def called(conversation: Conversation) -> Sequence[str]:
    """The names of the tools a row calls, once for each call."""
    if not facts(conversation).has_calls:
        return ()
    return [call.name for call in conversation.calls if call.name is not None]


def none_or(count: int, noun: str, chinese: str) -> Prose:
    """A count with its noun: `no row`, `1 row`, `3 rows`."""
    if count == 0:
        return Prose(f"no {noun}", f"没有一{chinese}")
    return Prose(f"only {count:,} {noun}{'s' * (count > 1)}", f"只有 {count:,} {chinese}")


def percent(part: float, whole: float) -> str:
    """A share, to a tenth of a percent where it is small."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"
