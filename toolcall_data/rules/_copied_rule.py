"""Rules about one thing that became of a value on its way into a call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import replaced
from toolcall_data.rules._copied import Fate, Uncopied, has_uncopied, uncopied
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules.base import Finding, Rule


class CopiedRule(Rule):
    """A rule about one fate of arguments; a rule with an `applicability` writes back what the user wrote."""

    looks_at = "calls"
    only_if = staticmethod(has_uncopied)
    fate: ClassVar[Fate]

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in uncopied(conversation):
            if found.fate == self.fate:
                argument = found.argument
                yield self.on_call(
                    conversation,
                    argument.call,
                    self.say(found),
                    inside=argument.at,
                    hint=self.advice(found),
                    mends=_is_mendable(found),
                )

    @abstractmethod
    def say(self, found: Uncopied) -> Prose:
        """The finding's message."""

    def advice(self, found: Uncopied) -> str:
        """The finding's hint."""
        if found.original is None:
            return ""
        return Prose(f"the user wrote `{shortened(found.original)}`", f"用户写的是 `{shortened(found.original)}`")

    def fix(self, conversation: Conversation) -> Conversation:
        if self.applicability is None:
            return conversation
        # So many are looked at, at a time: of a row with more, the rest comes to light when the first are mended.
        for _ in range(_MOST_ROUNDS):
            mendable = [found for found in uncopied(conversation) if found.fate == self.fate and _is_mendable(found)]
            if not mendable:
                break
            conversation = with_calls(conversation, partial(_mended, mendable=mendable))
        return conversation


_MOST_ROUNDS = 20


def _is_mendable(found: Uncopied) -> bool:
    return found.is_sure and found.original is not None


def _mended(call: Call, mendable: list[Uncopied]) -> Call:
    changed = call.arguments
    for found in mendable:
        if found.argument.call is call:
            changed = replaced(changed, parts(found.argument.at), found.original)
    return call if changed is call.arguments else call.model_copy(update={"arguments": changed})


_LONGEST = 60


def shortened(value: object) -> str:
    """A value in a message, cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
