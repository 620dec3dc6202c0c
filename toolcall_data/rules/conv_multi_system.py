"""conv.multi_system: two system prompts."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, system
from toolcall_data.conversation.model import Conversation, System
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import without_problems
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._merging import with_system_of
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
        The fix, which is unsafe, joins them in the order in which they stand, the column last.
    """

    chinese = """一段对话只能有一个系统提示。

    检查什么：
        开头有第二条系统消息；`system` 列与系统消息内容不同则是警告。

    为什么重要：
        LLaMA-Factory 会丢弃有两条系统消息的行。消息和列都有时，以消息为准，列里的内容悄无声息地丢失。

    例子：
        system「你是助手。」、system「请简短回答。」、human、gpt。

    怎么办：
        把两段文本合到一处。
        自动修复（不安全）会按先后顺序合并，列里的放在最后。
    """
    code = "TC207"
    name = "conv.multi_system"
    applicability = "unsafe"
    only_if = staticmethod(is_irregular)
    good = (FINE, chat(human("你好"), gpt("你好！"), system="你是助手。"))
    bad = (
        chat(system("你是助手。"), system("请简短回答。"), human("你好"), gpt("你好！")),
        chat(system("你是助手。"), human("你好"), gpt("你好！"), system="请简短回答。"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for problem in conversation.problems:
            if problem.kind == self.name:
                text = Prose(
                    "the system message wins over this column, which is lost", "以系统消息为准，这一列的内容会丢失"
                )
                yield self.found(text, at=problem.at, severity=Severity.WARNING)
        seen = conversation.system is not None
        for message in conversation.messages:
            if message.role != "system":
                return
            if seen:
                yield self.on_message(
                    message,
                    Prose("a second system message", "第二条系统消息"),
                    role=True,
                    mends=_joins(conversation, message),
                )
            seen = True

    def fix(self, conversation: Conversation) -> Conversation:
        columns = [problem.value for problem in conversation.problems if problem.kind == self.name]
        more = [message for message in _leading(conversation) if _joins(conversation, message)]
        fixed = with_system_of(conversation, more, *(text for text in columns if isinstance(text, str)))
        return without_problems(fixed, self.name) if columns else fixed


def _leading(conversation: Conversation) -> Iterator[System]:
    """The system messages at the start."""
    for message in conversation.messages:
        if message.role != "system":
            return
        yield message


def _joins(conversation: Conversation, message: System) -> bool:
    """Whether a message can be joined to the system prompt."""
    return conversation.system is not None and not message.extra
