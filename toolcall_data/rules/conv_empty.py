"""conv.empty: a row without messages."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, system
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvEmpty(Rule):
    """A conversation must have messages.

    What it does:
        Reports a row whose list of messages is empty, or holds nothing but a system message.

    Why it matters:
        LLaMA-Factory drops the row; its only sign is `Dropped invalid example: []`, without a row number.

    Example:
        `{"conversations": [], "tools": ""}`

    What to do:
        Delete the row.
    """

    code = "TC201"
    name = "conv.empty"
    only_if = staticmethod(is_irregular)
    good = (FINE,)
    bad = (chat(), chat(system("你是助手。")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if conversation.tools_only or any(message.role != "system" for message in conversation.messages):
            return
        if not any(problem.kind.startswith("row.") for problem in conversation.problems):
            only = " but a system message" if conversation.system or conversation.messages else ""
            yield self.found(f"the conversation has no message{only}")
