"""Rules about simplified and traditional characters: which messages are judged, and where their characters stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._chinese import (
    KANA,
    SIMPLIFIED_SET,
    has_unusual_characters,
    plain,
    simplified,
    simplified_only_set,
    traditional_set,
    unusual_characters,
)
from toolcall_data.rules._text_rule import SPOKEN, Span, TextRule
from toolcall_data.rules.base import Finding, Severity

_ABOUT_SCRIPT = re.compile(
    r"[繁简簡正][体體]|[繁简簡][中化]|繁[简簡]|异体字|異體字"
    r"|汉字|漢字|粤语|粵語|广东话|廣東話|台语|台語|(?i:traditional chinese)"
)
_HAN_BEYOND_ASCII = range(0x4E00, 0xA000)


class ScriptRule(TextRule):
    """A rule about traditional characters; conversations about scripts and messages with Japanese are not judged."""

    severity = Severity.WARNING
    applicability = "safe"
    only_if = staticmethod(has_unusual_characters)
    parts = SPOKEN

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if _is_worth_judging(conversation):
            yield from super().check(conversation)

    def fix(self, conversation: Conversation) -> Conversation:
        return super().fix(conversation) if _is_worth_judging(conversation) else conversation

    def mend(self, text: str) -> str:
        return simplified(text)


def _is_worth_judging(conversation: Conversation) -> bool:
    """Whether traditional characters occur and nobody speaks of scripts."""
    rare = [each for each in unusual_characters(conversation) if ord(each) in _HAN_BEYOND_ASCII]
    if not rare or traditional_set().isdisjoint(rare):
        return False
    said = [conversation.system or ""]
    said += [message.text for message in conversation.messages if message.role == "user"]
    return not any(_ABOUT_SCRIPT.search(text) for text in said)


def traditional_places(text: str) -> list[Span]:
    """Where traditional characters stand, outside code and quotes; nowhere in Japanese text."""
    wanted = traditional_set()
    if wanted.isdisjoint(text) or KANA.search(text):
        return []
    return [(index, index + 1) for index, each in enumerate(plain(text)) if each in wanted]


def has_simplified(text: str) -> bool:
    """Whether characters stand there that only simplified text has, outside code and quotes."""
    return not simplified_only_set().isdisjoint(SIMPLIFIED_SET.intersection(plain(text)))
