"""Statistics of rows that are far larger than the others of their file."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterator, Sequence
from typing import ClassVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._places import MOST_PLACES, Places, listed, placed
from toolcall_data.rules.base import DatasetRule, Finding, Severity, Tally


class OutlierRule(DatasetRule):
    """A statistic of one number of each row."""

    severity = Severity.INFO
    holds = "12 bytes a row"
    hint: ClassVar[Prose]
    FEWEST: ClassVar[int] = 20
    """Rows of a file below which quartiles say nothing."""
    FAR: ClassVar[float] = 3.0
    """How many times the distance of the quartiles above the upper one is far out (Tukey's outer fence)."""

    @abstractmethod
    def measure(self, conversation: Conversation) -> int:
        """The number of a row."""

    @abstractmethod
    def say(self, rows: int, places: Prose, largest: int, fence: int, middle: int) -> Prose:
        """The message on so many rows beyond the fence."""

    def tally(self) -> Tally:
        return _Measured(self)


class _Measured(Tally):
    def __init__(self, rule: OutlierRule) -> None:
        self._rule = rule
        self._sizes = array("I")
        self._places = Places()

    def add(self, conversation: Conversation) -> None:
        self._sizes.append(self._rule.measure(conversation))
        self._places.add(conversation.origin)

    def merge(self, later: _Measured) -> None:
        self._sizes += later._sizes
        self._places.merge(later._places)

    def findings(self) -> Iterator[Finding]:
        for file, numbers in self._places.by_file():
            if len(numbers) >= self._rule.FEWEST:
                yield from self._of_file(file, numbers)

    def _of_file(self, file: str, numbers: Sequence[int]) -> Iterator[Finding]:
        import numpy as np

        sizes = np.asarray(self._sizes, dtype=np.uint32)[numbers[0] : numbers[-1] + 1]
        lower, middle, upper = (float(each) for each in np.percentile(sizes, (25, 50, 75)))
        fence = upper + self._rule.FAR * max(upper - lower, 1)
        far = (np.flatnonzero(sizes > fence) + numbers[0]).tolist()
        if far:
            places = listed([self._places[number] for number in far[:MOST_PLACES]], file, len(far))
            said = self._rule.say(len(far), places, int(sizes.max()), int(fence), int(middle))
            yield placed(self._rule.found(said, hint=self._rule.hint), self._places[far[0]])
