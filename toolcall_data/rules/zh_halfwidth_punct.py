"""zh.halfwidth_punct: ASCII punctuation between Chinese characters."""

from __future__ import annotations

import re

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import plain
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._text_rule import SPOKEN, Span, TextRule
from toolcall_data.rules.base import Severity

_MARK = re.compile(r"(?<=[\u4e00-\u9fff])[,.;:?!](?=[ \n]?[\u4e00-\u9fff]|\Z)")
_WIDE = {",": "，", ".": "。", ";": "；", ":": "：", "?": "？", "!": "！"}


class ZhHalfwidthPunct(TextRule):
    """A Chinese sentence has ASCII punctuation.

    What it does:
        Counts messages with `,` `.` `;` `:` `?` or `!` between two Chinese characters, or after the last one. Numbers,
        code, addresses and quoted words are left out.

    Why it matters:
        A set that uses both kinds of punctuation teaches both.

    Example:
        `你好,今天天气不错.`

    What to do:
        Nothing, or write full-width punctuation throughout. The fix does so in the system prompt and in what the user
        says.
    """

    code = "TC707"
    name = "zh.halfwidth_punct"
    severity = Severity.INFO
    applicability = "unsafe"
    parts = SPOKEN
    chinese = """中文句子里用了半角标点。

    检查什么：
        统计在两个汉字之间、或在末尾汉字之后使用 `,` `.` `;` `:` `?` `!` 的消息。数字、代码、网址和引号里的内容不算。

    为什么重要：
        两种标点混用的数据集，会教模型混用。

    例子：
        `你好,今天天气不错.`

    怎么办：
        可以不管；要统一就都改成全角。自动修复改系统提示和用户的话。
    """
    good = (FINE, chat(human("圆周率是3.14吗？"), gpt("约为3.14，也写作 3.1416。")))
    bad = (chat(human("你好,今天天气不错."), gpt("是的。")), chat(human("你好"), gpt("你好,有什么事?")))

    def find(self, text: str) -> list[Span]:
        return [found.span() for found in _MARK.finditer(plain(text))]

    def say(self, text: str, spans: list[Span]) -> Prose:
        noun = "mark" if len(spans) == 1 else "marks"
        return Prose(f"has {len(spans)} half-width punctuation {noun}", f"有 {len(spans)} 处半角标点")

    def mend(self, text: str) -> str:
        wide = {start: _WIDE[text[start]] for start, _ in self.find(text)}
        return "".join(wide.get(index, each) for index, each in enumerate(text))
