"""What is said before and after a message: the texts of a conversation, joined once for all rules that ask."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from toolcall_data.conversation.fingerprint import tools_as_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._once import once
from toolcall_data.rules._turns import texts


@dataclass(frozen=True, slots=True)
class Spoken:
    """All texts of a conversation in lower case, one after the other, system prompt and tools first.

    `starts` has where each message begins.
    """

    text: str
    starts: tuple[int, ...]

    def before(self, index: int) -> str:
        """What is read before message number `index` is written."""
        return self.text[: self.starts[index]]

    def of(self, index: int) -> str:
        """What message number `index` says."""
        return self.text[self.starts[index] : self.starts[index + 1]]

    def between(self, first: int, last: int) -> str:
        """What the messages from number `first` to the one before `last` say."""
        return self.text[self.starts[first] : self.starts[last]]


@once
def spoken(conversation: Conversation) -> Spoken:
    """The texts of a conversation."""
    pieces = ["\n".join((conversation.system or "", tools_as_text(conversation), "")).lower()]
    pieces += ["".join(f"{text}\n" for text in texts(message)).lower() for message in conversation.messages]
    return Spoken("".join(pieces), tuple(accumulate(map(len, pieces))))
