"""conv.odd_count: a row that ends on the user."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
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

    chinese = """对话必须以模型结尾。

    检查什么：
        最后一条消息是用户的。带 `chosen` 和 `rejected` 的行不算：回答在那两列里。

    为什么重要：
        LLaMA-Factory 以 `Invalid message count` 丢弃整行，前面有回答的轮次也一起丢掉。

    例子：
        human、gpt、human：最后一个问题没有回答。

    怎么办：
        补写回答，或删掉没有回答的消息（删后还有内容时自动修复会这样做）。
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
            yield self.on_message(messages[-1], _SAID, mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        if next(self.check(conversation), None) is None:
            return conversation
        left = _answered(conversation.messages)
        return with_messages(conversation, left) if left else conversation


_SAID = Prose("the last message is the user's: nothing answers it", "最后一条是用户消息：没有回答")


def _answered(messages: tuple[AnyMessage, ...]) -> tuple[AnyMessage, ...]:
    while messages and messages[-1].role == "user":
        messages = messages[:-1]
    return messages
