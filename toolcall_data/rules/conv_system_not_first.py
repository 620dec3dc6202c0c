"""conv.system_not_first: a system message in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, system
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvSystemNotFirst(Rule):
    """A system message must be the first message.

    What it does:
        Reports a system message after another message.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag`.

    Example:
        human, gpt, system, human, gpt.

    What to do:
        Move its text into the leading system message or the `system` column, or into the user message it comes before.
    """

    code = "TC206"
    name = "conv.system_not_first"
    only_if = staticmethod(is_irregular)
    good = (FINE, chat(system("你是助手。"), human("你好"), gpt("你好！")))
    bad = (chat(human("你好"), gpt("你好！"), system("请用英文回答。"), human("再见"), gpt("Goodbye!")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        spoken = False
        for message in conversation.messages:
            if message.role != "system":
                spoken = True
            elif spoken:
                yield self.on_message(message, "a system message stands after other messages", role=True)
