"""conv.whitespace: blanks around a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, User
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_padded_text
from toolcall_data.rules.base import Finding, Rule, Severity

_BLANKS = " \t\r\n"
_INDENTED = re.compile(r"\n[ \t]")


class ConvWhitespace(Rule):
    """A text should not begin or end with blanks.

    What it does:
        Reports a user message or an answer with spaces, tabs or line breaks around its text. The full-width space
        that begins a Chinese paragraph is left alone, and so are the first line's indent where more lines are
        indented, blanks around thinking, text beside a call, results and system prompts.

    Why it matters:
        The model is trained to begin with a line break, or to write spaces before it ends. A served model that does
        so breaks output that is read by a program, and the same question with and without a space are two prompts.

    Example:
        gpt ` 你好！\\n`

    What to do:
        Strip the blanks; the fix does.
    """

    chinese = """文本前后不应有空白。

    检查什么：
        用户消息或回答的文本前后有空格、制表符或换行。中文段首的全角空格不算；后面也有缩进行时首行的缩进不算；
        思考前后的空白、调用旁的文字、结果和系统提示也不算。

    为什么重要：
        模型会被训练成一开口先换行，或结束前多写几个空格。上线后由程序读取的输出会因此出错；
        同一个问题有没有空格也成了两个不同的提示。

    例子：
        gpt ` 你好！\\n`

    怎么办：
        去掉前后空白；自动修复会这样做。
    """
    code = "TC222"
    name = "conv.whitespace"
    severity = Severity.WARNING
    only_if = staticmethod(has_padded_text)
    applicability = "safe"
    good = (
        FINE,
        chat(human("写一个段落"), gpt("\u3000\u3000春天来了。")),
        chat(human("循环体怎么写？"), gpt("    for each in items:\n        print(each)")),
        chat(human("你好"), gpt("<think>\n打招呼。\n</think>\n\n你好！")),
    )
    bad = (chat(human("你好 "), gpt("你好！")), chat(human("你好"), gpt("\n你好！\n\n")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if (message.role == "user" or message.role == "assistant") and _is_padded(message):
                text = message.text
                kept = _stripped(text)
                ends = text.endswith(kept)
                where = _BOTH if not ends and not text.startswith(kept) else _BEFORE if ends else _BEHIND
                yield self.on_message(message, where, excerpt=text)

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)


_BEFORE = Prose("there are blanks before the text", "文本前面有空白")
_BEHIND = Prose("there are blanks behind the text", "文本后面有空白")
_BOTH = Prose("there are blanks before and behind the text", "文本前后都有空白")


def _is_padded(message: User | Assistant) -> bool:
    text = message.text
    if not text or (text[0] not in _BLANKS and text[-1] not in _BLANKS):
        return False
    if message.role == "assistant" and (message.calls or "<think>" in text or "</think>" in text):
        return False
    kept = _stripped(text)
    return bool(kept) and not kept.isspace() and kept != text


def _stripped(text: str) -> str:
    """The text without the blanks around it; the first line keeps its indent where another is indented."""
    text = text.rstrip(_BLANKS)
    kept = text.lstrip(_BLANKS)
    if not _INDENTED.search(kept):
        return kept
    indent = len(text) - len(kept) - len(text[: len(text) - len(kept)].rstrip(" \t"))
    return text[len(text) - len(kept) - indent :]


def _mended(message: AnyMessage) -> AnyMessage:
    if not (message.role == "user" or message.role == "assistant") or not _is_padded(message):
        return message
    text = _stripped(message.text)
    if message.role == "assistant" or message.given is None:
        return message.model_copy(update={"text": text})
    given = message.given.rstrip(_BLANKS)
    return message.model_copy(update={"text": text, "given": given if given and text.endswith(f"\n{given}") else None})
