"""zh.control: control characters in text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import CONTROL
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._residue import ResidueRule
from toolcall_data.rules.base import Finding, Severity


class ZhControl(ResidueRule):
    """Text should hold no control characters.

    What it does:
        Reports control characters other than tab and line breaks: NUL, backspace, escape, delete and the like.

    Why it matters:
        They are trained as tokens of their own. They come from terminals and broken decoders. A NUL is an error: it
        ends the text for some programs, and no text has one on purpose.

    Example:
        `北京\\u0000` or the colour codes of a terminal, `\\u001b[31m`.

    What to do:
        Delete them. The fix does so in the system prompt and in what the user says, outside code and quotes.
    """

    code = "TC711"
    name = "zh.control"
    characters = CONTROL
    chinese = """文本里不应有控制字符。

    检查什么：
        报告制表符和换行以外的控制字符：NUL、退格、ESC、DEL 等。

    为什么重要：
        它们会被当作单独的 token 训练进去；多半来自终端输出或解码错误。NUL 算错误：有的程序遇到它就把文本截断，
        正常文本里不会有。

    例子：
        `北京\\u0000`，或终端的颜色代码 `\\u001b[31m`。

    怎么办：
        删掉。自动修复只动系统提示和用户的话，代码和引号里的内容不动。
    """
    good = (FINE, chat(human("列个表"), gpt("甲\t乙\r\n丙\t丁")))
    bad = (
        chat(human("你好\x00"), gpt("你好！")),
        chat(human("颜色？"), gpt("\x1b[31m红\x1b[0m")),
        weather(city="北京\x08"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for finding in super().check(conversation):
            holds_nul = "\x00" in finding.excerpt or "\\u0000" in finding.excerpt
            yield replace(finding, severity=Severity.ERROR) if holds_nul else finding

    def noun(self, count: int) -> Prose:
        return Prose("control character" if count == 1 else "control characters", "控制字符")
