"""Running the rules about whole inputs: rows are fed as they pass by, findings come at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules.base import DatasetRule, Finding, Rule


class Tallies:
    """The tallies of all rules about sets among `rules`, of some rows that follow each other.

    They may be pickled. Merging the tallies of pieces in the order of the rows gives exactly the tallies of the whole.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._tallies = [rule.tally() for rule in rules if isinstance(rule, DatasetRule)]
        self._is_empty = True

    def __bool__(self) -> bool:
        """Whether any rule is about sets."""
        return bool(self._tallies)

    def add(self, conversation: Conversation) -> None:
        """Take in the next row; one that could not be read is passed over."""
        if conversation.problems and not conversation.is_readable:
            return
        self._is_empty = False
        for tally in self._tallies:
            tally.add(conversation)

    def merge(self, later: Tallies) -> None:
        """Take in what was gathered, for the same rules, from the rows that follow; it is used up."""
        if self._is_empty:
            self._tallies, self._is_empty = later._tallies, later._is_empty
            return
        for own, others in zip(self._tallies, later._tallies, strict=True):
            own.merge(others)

    def findings(self) -> list[list[Finding]]:
        """What is wrong with the rows as a whole, file by file, in the order of the rules' codes."""
        found = sorted((each for tally in self._tallies for each in tally.findings()), key=attrgetter("file"))
        by_file = (list(group) for _, group in groupby(found, key=attrgetter("file")))
        return [sorted(group, key=attrgetter("code")) for group in by_file]


def concerned(rules: Sequence[Rule], files: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that can find anything in these files."""
    return tuple(rule for rule in rules if not isinstance(rule, DatasetRule) or rule.concerns(files))
