"""Rules about rows that agree in one thing and differ in another."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterator
from typing import ClassVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._clusters import cluster_findings
from toolcall_data.rules._equal_keys import EqualKeys, chosen, first_of_each
from toolcall_data.rules._places import Places
from toolcall_data.rules.base import DatasetRule, Finding, Tally


class AgreeingRule(DatasetRule):
    """A rule about rows with the same `shared` key and different `both` keys."""

    holds = "24 bytes a row that is compared"
    hint: ClassVar[Prose]

    @abstractmethod
    def keys(self, conversation: Conversation) -> tuple[int, int] | None:
        """The key of what should agree, and one of that and of what may differ; None for rows that are left out."""

    @abstractmethod
    def say(self, count: int, others: Prose) -> Prose:
        """The message on so many different rows, given the places of all but the first."""

    def tally(self) -> Tally:
        return _Agreeing(self)


class _Agreeing(Tally):
    def __init__(self, rule: AgreeingRule) -> None:
        self._rule = rule
        self._shared = array("Q")
        self._both = array("Q")
        self._places = Places()

    def add(self, conversation: Conversation) -> None:
        if (keys := self._rule.keys(conversation)) is not None:
            self._shared.append(keys[0])
            self._both.append(keys[1])
            self._places.add(conversation.origin)

    def merge(self, later: _Agreeing) -> None:
        self._shared += later._shared
        self._both += later._both
        self._places.merge(later._places)

    def findings(self) -> Iterator[Finding]:
        different = first_of_each(self._both)
        equal = EqualKeys(chosen(self._shared, different))
        groups = ([int(different[number]) for number in group] for group in equal.largest_first())
        rule = self._rule
        yield from cluster_findings(
            rule, groups, self._places, rule.say, rule.hint, len(equal), equal.rows, self._shared
        )
