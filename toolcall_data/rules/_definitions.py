"""Statistics of tool definitions that agree in one thing and differ in another, over a whole input."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._clusters import MOST_CLUSTERS
from toolcall_data.rules._places import Place, listed, place_of, placed
from toolcall_data.rules._row_keys import row_keys, tool_key
from toolcall_data.rules.base import DatasetRule, Finding, Severity, Tally


class DefinitionsRule(DatasetRule):
    """A statistic of groups of definitions."""

    severity = Severity.INFO
    holds = "a few hundred bytes for each different definition"
    hint: ClassVar[Prose]

    @abstractmethod
    def grouped(self, tool: Tool) -> tuple[str, str] | None:
        """What a definition should agree in with the others of its group, and what differs; None leaves it out."""

    @abstractmethod
    def say(self, group: str, members: list[str], others: Prose) -> Prose:
        """The message on a group, given the places of all members but the first."""

    def tally(self) -> Tally:
        return _Definitions(self)


class _Definitions(Tally):
    def __init__(self, rule: DefinitionsRule) -> None:
        self._rule = rule
        self._seen: set[int] = set()
        self._groups: dict[str, dict[str, Place]] = {}

    def add(self, conversation: Conversation) -> None:
        if conversation.tools and not self._seen.issuperset(row_keys(conversation).tool_keys):
            for tool in conversation.tools:
                self._take(tool, place_of(conversation.origin))

    def _take(self, tool: Tool, place: Place) -> None:
        key = tool_key(tool)
        if key not in self._seen:
            self._seen.add(key)
            if (found := self._rule.grouped(tool)) is not None:
                self._groups.setdefault(found[0], {}).setdefault(found[1], place)

    def merge(self, later: _Definitions) -> None:
        self._seen |= later._seen
        for name, members in later._groups.items():
            own = self._groups.setdefault(name, {})
            for member, place in members.items():
                own.setdefault(member, place)

    def findings(self) -> Iterator[Finding]:
        groups = {name: members for name, members in self._groups.items() if len(members) > 1}
        largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        for name, members in largest[:MOST_CLUSTERS]:
            first, *others = members.values()
            said = self._rule.say(name, list(members), listed(others, first.file))
            yield placed(self._rule.found(said, hint=self._rule.hint), first, name)
        if (more := len(largest) - MOST_CLUSTERS) > 0:
            text = Prose(f"{more:,} more such groups of tools", f"另有 {more:,} 组这样的工具")
            yield replace(self._rule.found(text), file=next(iter(largest[0][1].values())).file)
