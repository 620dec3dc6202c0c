"""zh.low_cjk: a row of a Chinese set that hardly has Chinese in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import HAN
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._text_rule import pieces
from toolcall_data.rules.base import Finding, Rule, Severity

_LATIN = re.compile(r"[A-Za-z]")
_LEAST_LETTERS = 40
_LOW = 0.1


class ZhLowCjk(Rule):
    """A row of a Chinese set hardly has a Chinese character.

    What it does:
        Counts rows where fewer than a tenth of the letters that user and model write are Chinese, of at least 40.

    Why it matters:
        Such rows are code, tables or another language: fine in moderation, but worth knowing before a Chinese mix is
        balanced.

    Example:
        A question in English with an answer in Python.

    What to do:
        Look at the share of such rows in the set, and filter by language where it is too high.
    """

    code = "TC703"
    name = "zh.low_cjk"
    severity = Severity.INFO
    chinese = """中文数据集里几乎没有中文的行。

    检查什么：
        统计用户与模型所写字母（至少 40 个）中汉字不到十分之一的行。

    为什么重要：
        这样的行多是代码、表格或外语：适量无妨，但在配比中文数据之前应当心里有数。

    例子：
        用英文提问、用 Python 代码回答。

    怎么办：
        看看这类行占多少，过高时按语言过滤。
    """
    good = (FINE, chat(human("用 Python 打印你好"), gpt("print('你好')")))
    bad = (chat(human("Write a haiku about the autumn moon"), gpt("Pale moon on cold water, the heron stands alone")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        spoken = list(pieces(conversation, frozenset({"user", "answer"})))
        text = "".join(piece.text for piece in spoken)
        han, latin = len(HAN.findall(text)), len(_LATIN.findall(text))
        if han + latin >= _LEAST_LETTERS and han < _LOW * (han + latin):
            share = han / (han + latin)
            said = Prose(f"{share:.0%} of the letters are Chinese", f"汉字只占全部字母的 {share:.0%}")
            yield self.found(said, at=spoken[0].at, excerpt=spoken[0].text)
