"""conv.system_not_first: a system message in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, system
from toolcall_data.conversation.model import Conversation, System
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._merging import with_system_of
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
        The fix, which is unsafe, moves it into the system prompt.
    """

    chinese = """系统消息必须是第一条消息。

    检查什么：
        系统消息出现在其他消息之后。

    为什么重要：
        LLaMA-Factory 以 `Invalid role tag` 丢弃整行。

    例子：
        human、gpt、system、human、gpt。

    怎么办：
        把它的文本移到开头的系统消息或 `system` 列，或移到它后面的用户消息里。
        自动修复（不安全）会把它移进系统提示。
    """
    code = "TC206"
    name = "conv.system_not_first"
    applicability = "unsafe"
    only_if = staticmethod(is_irregular)
    good = (FINE, chat(system("你是助手。"), human("你好"), gpt("你好！")))
    bad = (chat(human("你好"), gpt("你好！"), system("请用英文回答。"), human("再见"), gpt("Goodbye!")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        text = Prose("a system message stands after other messages", "系统消息出现在其他消息之后")
        for message in _late(conversation):
            yield self.on_message(message, text, role=True, mends=not message.extra)

    def fix(self, conversation: Conversation) -> Conversation:
        return with_system_of(conversation, [message for message in _late(conversation) if not message.extra])


def _late(conversation: Conversation) -> Iterator[System]:
    """The system messages after other messages."""
    spoken = False
    for message in conversation.messages:
        if message.role != "system":
            spoken = True
        elif spoken:
            yield message
