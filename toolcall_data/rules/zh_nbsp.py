"""zh.nbsp: blanks that are no ordinary spaces."""

from __future__ import annotations

import re

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import NO_BREAK
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._residue import ResidueRule
from toolcall_data.rules._text_rule import Span

_INDENT = re.compile("^\u3000+", re.MULTILINE)


class ZhNbsp(ResidueRule):
    """Words should be parted by ordinary spaces.

    What it does:
        Reports no-break spaces (U+00A0, U+202F) and full-width spaces (U+3000). Full-width spaces that indent a
        paragraph are fine.

    Why it matters:
        They look like a space and are other tokens; `split()` of a server may or may not part a value there. They come
        from web pages and word processors.

    Example:
        `项目\u00a0会议` with U+00A0 in the middle.

    What to do:
        Write an ordinary space. The fix does so in the system prompt and in what the user says, outside code and
        quotes.
    """

    code = "TC713"
    name = "zh.nbsp"
    characters = NO_BREAK
    instead = " "
    chinese = """词与词之间应当用普通空格。

    检查什么：
        报告不换行空格（U+00A0、U+202F）和全角空格（U+3000）。段首缩进用的全角空格不算。

    为什么重要：
        看起来是空格，却是别的 token；服务端按空格切分时，有的会切，有的不会。多半来自网页和文字处理软件。

    例子：
        `项目\u00a0会议`，中间是 U+00A0。

    怎么办：
        改成普通空格。自动修复只动系统提示和用户的话，代码和引号里的内容不动。
    """
    good = (FINE, chat(human("写一段"), gpt("　　春天来了。\n　　花开了。")))
    bad = (chat(human("项目\u00a0会议几点？"), gpt("十点。")), weather(city="北京　朝阳"))

    def noun(self, count: int) -> Prose:
        return Prose("unusual space" if count == 1 else "unusual spaces", "非普通空格")

    def find(self, text: str) -> list[Span]:
        indents = _indents(text)
        return [span for span in super().find(text) if span[0] not in indents]

    def mend(self, text: str) -> str:
        indents, mended = _indents(text), super().mend(text)
        return "".join(
            old if index in indents else new for index, (old, new) in enumerate(zip(text, mended, strict=True))
        )


def _indents(text: str) -> set[int]:
    """The places of full-width spaces that indent a paragraph."""
    return {index for found in _INDENT.finditer(text) for index in range(*found.span())}
