"""conv.multi_system: two system prompts."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, system
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule, Severity


class ConvMultiSystem(Rule):
    """A conversation must have one system prompt.

    What it does:
        Reports a second leading system message, and as a warning a `system` column beside a system message that says
        something else.

    Why it matters:
        LLaMA-Factory drops a row with two system messages. Where both a message and the column are given, the message
        wins and the column is lost without a word.

    Example:
        system `你是助手。`, system `请简短回答。`, human, gpt.

    What to do:
        Join the texts in one place.
    """

    code = "TC207"
    name = "conv.multi_system"
    only_if = staticmethod(is_irregular)
    good = (FINE, chat(human("你好"), gpt("你好！"), system="你是助手。"))
    bad = (
        chat(system("你是助手。"), system("请简短回答。"), human("你好"), gpt("你好！")),
        chat(system("你是助手。"), human("你好"), gpt("你好！"), system="请简短回答。"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for problem in conversation.problems:
            if problem.kind == self.name:
                text = "the system message wins over this column, which is lost"
                yield self.found(text, at=problem.at, severity=Severity.WARNING)
        seen = conversation.system is not None
        for message in conversation.messages:
            if message.role != "system":
                return
            if seen:
                yield self.on_message(message, "a second system message", role=True)
            seen = True
