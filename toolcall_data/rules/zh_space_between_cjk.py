"""zh.space_between_cjk: a space between two Chinese characters."""

from __future__ import annotations

import re

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import plain
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._text_rule import SPOKEN, Span, TextRule, excerpts
from toolcall_data.rules.base import Severity

_RUN = re.compile(r"(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff] ){3,}[\u4e00-\u9fff](?![\u4e00-\u9fff])")


class ZhSpaceBetweenCjk(TextRule):
    """Chinese characters are parted by spaces.

    What it does:
        Counts messages where four or more single Chinese characters in a row are set apart by spaces. Spaces between
        whole words, as in a list of names, are left out, and so are code and quoted words.

    Why it matters:
        It comes from tokenised corpora and from text recognition; the model learns to write that way.

    Example:
        `今 天 天 气 不 错`

    What to do:
        Delete the spaces. The fix does so in the system prompt and in what the user says.
    """

    code = "TC715"
    name = "zh.space_between_cjk"
    severity = Severity.INFO
    applicability = "unsafe"
    parts = SPOKEN
    chinese = """汉字之间夹着空格。

    检查什么：
        统计连续四个以上单字被空格隔开的消息。词与词之间的空格（如名单）、代码和引号里的内容不算。

    为什么重要：
        多来自分过词的语料或文字识别，模型会学着这样写。

    例子：
        `今 天 天 气 不 错`

    怎么办：
        删掉空格。自动修复改系统提示和用户的话。
    """
    good = (FINE, chat(human("参会人：张三丰 李四光 王五岳"), gpt("记下了。")))
    bad = (chat(human("今 天 天 气 不 错"), gpt("是的。")),)

    def find(self, text: str) -> list[Span]:
        return [found.span() for found in _RUN.finditer(plain(text))]

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans)
        return Prose(f"sets Chinese characters apart by spaces: {shown}", f"汉字被空格隔开：{shown}")

    def mend(self, text: str) -> str:
        inside = {index for start, end in self.find(text) for index in range(start, end)}
        return "".join(each for index, each in enumerate(text) if each != " " or index not in inside)
