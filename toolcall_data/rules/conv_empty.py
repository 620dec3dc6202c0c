"""conv.empty: a row without messages."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, system
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
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

    chinese = """对话里必须有消息。

    检查什么：
        消息列表为空，或只有一条系统消息。

    为什么重要：
        LLaMA-Factory 丢弃该行；唯一的迹象是 `Dropped invalid example: []`，没有行号。

    例子：
        `{"conversations": [], "tools": ""}`

    怎么办：
        删除该行。
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
            has_system = bool(conversation.system or conversation.messages)
            yield self.found(_ONLY_SYSTEM if has_system else _NOTHING)


_NOTHING = Prose("the conversation has no message", "对话里没有消息")
_ONLY_SYSTEM = Prose("the conversation has no message but a system message", "对话里除了系统消息没有别的消息")
