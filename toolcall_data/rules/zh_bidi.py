"""zh.bidi: marks that turn the direction of text."""

from __future__ import annotations

import re

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import BIDI
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._residue import ResidueRule
from toolcall_data.rules._text_rule import Span

_FROM_THE_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class ZhBidi(ResidueRule):
    """Text from the left should hold no marks of direction.

    What it does:
        Reports marks and overrides of direction (U+200E, U+202A to U+202E, U+2066 to U+2069) in text that has no
        Arabic or Hebrew letter.

    Why it matters:
        Nobody sees them, the model learns them. They come from chat programs and contact lists, and an override can
        show a name or a file in another order than the tool reads it.

    Example:
        A telephone number copied from an address book: `\\u202a13800138000\\u202c`.

    What to do:
        Delete them. The fix does so in the system prompt and in what the user says, outside code and quotes.
    """

    code = "TC712"
    name = "zh.bidi"
    characters = BIDI
    chinese = """从左往右的文本里不应有方向控制符。

    检查什么：
        文本里没有阿拉伯或希伯来字母，却有方向标记（U+200E、U+202A 到 U+202E、U+2066 到 U+2069）时报告。

    为什么重要：
        人看不见，模型却会学到。它们多半来自聊天软件和通讯录；方向覆盖符还能让名字或文件名显示的顺序与工具读到的不同。

    例子：
        从通讯录复制的电话：`\\u202a13800138000\\u202c`。

    怎么办：
        删掉。自动修复只动系统提示和用户的话，代码和引号里的内容不动。
    """
    good = (FINE, chat(human("阿拉伯语的你好？"), gpt("\u200fمرحبا")))
    bad = (chat(human("打给\u202a李四\u202c"), gpt("好的。")), weather(city="\u200e北京"))

    def noun(self, count: int) -> Prose:
        return Prose("mark of direction" if count == 1 else "marks of direction", "方向控制符")

    def find(self, text: str) -> list[Span]:
        found = super().find(text)
        return [] if found and _FROM_THE_RIGHT.search(text) else found
