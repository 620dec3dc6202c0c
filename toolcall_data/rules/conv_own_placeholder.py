"""conv.own_placeholder: a literal that the trainer fills in itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule

_OWN = "{{idx}}"
_HOLDS_OWN = Holds(asked=re.escape(_OWN))


class ConvOwnPlaceholder(Rule):
    """What the user says must not hold LLaMA-Factory's own placeholder.

    What it does:
        Reports a literal `{{idx}}` in a user message. Other words in double braces, `{{content}}` among them, are
        trained as they stand and not reported here.

    Why it matters:
        LLaMA-Factory fills its slots one after the other: first the text, then the turn's number for `{{idx}}`, also
        where that stands in the text. The model reads `0` instead; tcdata leaves such rows out of an export.

    Example:
        human `循环里的 {{idx}} 是什么意思？` is trained as `循环里的 0 是什么意思？`.

    What to do:
        Write `{{ idx }}` with spaces, or delete the row.
    """

    chinese = """用户的话里不能有 LLaMA-Factory 自己的占位符。

    检查什么：
        用户消息里有字面的 `{{idx}}`。其他双花括号里的词（包括 `{{content}}`）会原样训练，这里不报告。

    为什么重要：
        LLaMA-Factory 依次填充模板：先填文本，再用轮次编号替换 `{{idx}}`，文本里的也会被替换。
        模型读到的变成了 `0`；tcdata 导出时会略去这样的行。

    例子：
        human `循环里的 {{idx}} 是什么意思？` 训练时变成 `循环里的 0 是什么意思？`。

    怎么办：
        加上空格写成 `{{ idx }}`，或删除该行。
    """
    code = "TC233"
    name = "conv.own_placeholder"
    only_if = staticmethod(_HOLDS_OWN)
    good = (FINE, chat(human("模板里的 {{ idx }} 和 {{content}} 是什么？"), gpt("是占位符，写作 {{idx}}。")))
    bad = (chat(human("循环里的 {{idx}} 是什么意思？"), gpt("是循环的序号。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "user" and _OWN in message.text:
                text = Prose(
                    "LLaMA-Factory puts the turn's number for the literal `{{idx}}`",
                    "LLaMA-Factory 会把字面的 `{{idx}}` 换成轮次编号",
                )
                yield self.on_message(message, text, excerpt=message.text)
