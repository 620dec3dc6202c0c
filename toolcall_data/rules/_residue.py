"""Rules about characters that nobody sees: left behind by copying from pages, documents and terminals."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import arguments
from toolcall_data.rules._chinese import changed_outside_quotes, has_unusual_characters, unusual_characters
from toolcall_data.rules._text_rule import Span, TextRule, code_points
from toolcall_data.rules.base import Finding, Severity


class ResidueRule(TextRule):
    """A rule about certain characters, in text and in the arguments of calls.

    `characters` are what it looks for, `instead` what its fix writes for each of them in what the user says.
    """

    severity = Severity.WARNING
    applicability = "safe"
    only_if = staticmethod(has_unusual_characters)
    characters: ClassVar[frozenset[str]]
    instead: ClassVar[str | None] = None

    @abstractmethod
    def noun(self, count: int) -> Prose:
        """What so many of the characters are called."""

    def is_meant(self, text: str, index: int) -> bool:
        """Whether the character at this place belongs there."""
        return False

    def find(self, text: str) -> list[Span]:
        if self.characters.isdisjoint(text):
            return []
        found = (index for index, each in enumerate(text) if each in self.characters)
        return [(index, index + 1) for index in found if not self.is_meant(text, index)]

    def say(self, text: str, spans: list[Span]) -> Prose:
        noun, which = self.noun(len(spans)), code_points(text, spans)
        return Prose(f"holds {len(spans)} {noun} ({which})", f"含有 {len(spans)} 个{noun.zh}（{which}）")

    def mend(self, text: str) -> str:
        return changed_outside_quotes(text, dict.fromkeys(map(ord, self.characters), self.instead))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if self.characters.isdisjoint(unusual_characters(conversation)):
            return
        yield from super().check(conversation)
        for each in arguments(conversation):
            if isinstance(each.value, str) and (spans := self.find(each.value)):
                name, said = each.name, self.say(each.value, spans)
                text = Prose(f"`{name}` {said}", f"`{name}` {said.zh}")
                yield self.on_call(conversation, each.call, text, inside=each.at, mends=False)
