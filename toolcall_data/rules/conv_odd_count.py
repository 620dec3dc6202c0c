"""conv.odd_count: a row that ends on the user."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvOddCount(Rule):
    """A conversation must end with the model.

    What it does:
        Reports a row whose last message is the user's. Rows with `chosen` and `rejected` are left alone: there the
        answer stands in those.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid message count`, also the answered turns before.

    Example:
        human, gpt, human: the last question has no answer.

    What to do:
        Write the answer, or cut the unanswered message off (the fix does that where something remains).
    """

    code = "TC204"
    name = "conv.odd_count"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
    good = (FINE, {**chat(human("你好")), "chosen": gpt("你好！"), "rejected": gpt("嗯")})
    bad = (chat(human("你好"), gpt("你好！"), human("再见")), chat(human("你好")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        messages = conversation.messages
        if messages and messages[-1].role == "user" and not {"chosen", "rejected"} <= conversation.extra.keys():
            mends = bool(_answered(messages))
            yield self.on_message(messages[-1], "the last message is the user's: nothing answers it", mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        if next(self.check(conversation), None) is None:
            return conversation
        left = _answered(conversation.messages)
        return with_messages(conversation, left) if left else conversation


def _answered(messages: tuple[AnyMessage, ...]) -> tuple[AnyMessage, ...]:
    while messages and messages[-1].role == "user":
        messages = messages[:-1]
    return messages
