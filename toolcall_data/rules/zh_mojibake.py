"""zh.mojibake: text whose bytes were read in the wrong encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import arguments
from toolcall_data.rules._chinese import has_unusual_characters, is_common, plain
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._text_rule import Span, TextRule, excerpts
from toolcall_data.rules.base import Finding

_SIGNS = re.compile(
    r"\ufffd{2,}|锟斤拷|烫烫烫|屯屯屯"
    r"|(?:[ÃÂ][\u0080-\u00bf][A-Za-z\s]?){2,}|Ã[©¨¡³±¤¶¼§]|â€[\u0080-\u2122œ™˜“”¦]"
    r"|(?:[ä-éåæçè][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}){2,}"
)
_LETTERS = re.compile(r"[ÃÂâä-é\ufffd锟烫屯]")
_BYTES = {
    ord(each.decode("cp1252")): each[0]
    for each in (bytes([code]) for code in range(128, 160))
    if each not in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
}


class ZhMojibake(TextRule):
    """Text must not be the wreck of a wrong decoding.

    What it does:
        Reports what only a wrong decoding leaves behind: runs of U+FFFD, `锟斤拷`, `烫烫烫`, and UTF-8 read as Latin-1
        such as `Ã©`, `â€™` or `ä½ å¥½`. A single U+FFFD is not reported, nor are quoted signs and code.

    Why it matters:
        The characters that were meant are gone or in pieces: the model learns rubbish as text.

    Example:
        `ä½ å¥½` instead of `你好`.

    What to do:
        Read the source again in its own encoding. The fix turns Latin-1 back into UTF-8 where that works out, in what
        the user says; lost characters (U+FFFD, `锟斤拷`) cannot be brought back: delete the row.
    """

    code = "TC714"
    name = "zh.mojibake"
    applicability = "unsafe"
    only_if = staticmethod(has_unusual_characters)
    chinese = """文本不能是解码错误留下的乱码。

    检查什么：
        报告只可能由错误解码产生的内容：连续的 U+FFFD、`锟斤拷`、`烫烫烫`，以及把 UTF-8 当作 Latin-1 读出的 `Ã©`、
        `â€™`、`ä½ å¥½`等。单独一个 U+FFFD、引号里提到的乱码和代码不算。

    为什么重要：
        原来的字已经丢失或破碎，模型学到的是垃圾。

    例子：
        本该是 `你好`，却写成 `ä½ å¥½`。

    怎么办：
        用正确的编码重新读取来源。自动修复会把用户话里误读成 Latin-1 的内容还原（能还原时）；
        已经丢失的字（U+FFFD、`锟斤拷`）找不回来，请删除该行。
    """
    good = (
        FINE,
        chat(human("为什么会出现“锟斤拷”？"), gpt("因为“锟斤拷”是 U+FFFD 被当作 GBK 读出来的结果。")),
        chat(human("这碗面烫吗？"), gpt("烫，而且 crème brûlée 也烫。")),
    )
    bad = (
        chat(human("ä½\xa0å¥½"), gpt("你好！")),
        chat(human("你好"), gpt("锟斤拷锟斤拷")),
        chat(human("cafÃ© 在哪？"), gpt("在路口。")),
        weather(city="\ufffd\ufffd\ufffd"),
    )

    def find(self, text: str) -> list[Span]:
        if _LETTERS.search(text) is None or is_common(text):
            return []
        return [found.span() for found in _SIGNS.finditer(plain(text))]

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans)
        return Prose(f"holds the marks of a wrong decoding: {shown}", f"含有解码错误留下的乱码：{shown}")

    def mend(self, text: str) -> str:
        """The text with runs of misread bytes read as UTF-8 where they are UTF-8."""
        return _MISREAD.sub(lambda found: _reread(found[0]), text)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        yield from super().check(conversation)
        for each in arguments(conversation):
            if isinstance(each.value, str) and (spans := self.find(each.value)):
                said = self.say(each.value, spans)
                text = Prose(f"`{each.name}` {said}", f"`{each.name}` {said.zh}")
                yield self.on_call(conversation, each.call, text, inside=each.at, mends=False)


_MISREAD = re.compile(r"[\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]+")


def _reread(text: str) -> str:
    data = bytes(_BYTES.get(ord(each), ord(each) & 0xFF) for each in text)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return text
