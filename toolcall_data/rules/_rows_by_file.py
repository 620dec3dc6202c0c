"""Rules about rows that hold something: one finding a file, with the first places."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._places import MOST_PLACES, Place, listed, place_of, placed
from toolcall_data.rules.base import DatasetRule, Finding, Tally


class RowsByFileRule(DatasetRule):
    """A rule that names the kinds of things it found in a row, and speaks once a file."""

    holds = "a counter for each kind, and five places, for each file with findings"

    @abstractmethod
    def kinds(self, conversation: Conversation) -> Iterable[str]:
        """The kinds of what a row holds, each once; none where it is fine."""

    @abstractmethod
    def say(self, kinds: Counter[str], rows: int, places: Prose) -> Prose:
        """The message on so many rows of a file: how many have each kind, and where the first ones are."""

    @abstractmethod
    def advice(self) -> Prose:
        """The finding's hint."""

    def tally(self) -> Tally:
        return _RowsByFile(self)


@dataclass
class _File:
    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)


class _RowsByFile(Tally):
    def __init__(self, rule: RowsByFileRule) -> None:
        self._rule = rule
        self._files: dict[str, _File] = {}

    def add(self, conversation: Conversation) -> None:
        if kinds := tuple(self._rule.kinds(conversation)):
            self._take(conversation.origin.path, _File(1, Counter(kinds), [place_of(conversation.origin)]))

    def _take(self, name: str, later: _File) -> None:
        file = self._files.setdefault(name, _File())
        file.rows += later.rows
        file.kinds.update(later.kinds)
        file.places += later.places[: MOST_PLACES - len(file.places)]

    def merge(self, later: _RowsByFile) -> None:
        for name, file in later._files.items():
            self._take(name, file)

    def findings(self) -> Iterator[Finding]:
        for name, file in self._files.items():
            said = self._rule.say(file.kinds, file.rows, listed(file.places, name, file.rows))
            yield placed(self._rule.found(said, hint=self._rule.advice()), file.places[0])
