"""zh.zero_width: characters without any width."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import HAN, ZERO_WIDTH
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._residue import ResidueRule

_JOINERS = "\u200c\u200d"


class ZhZeroWidth(ResidueRule):
    """Text should hold no characters of zero width.

    What it does:
        Reports zero-width spaces and joiners, byte order marks and soft hyphens in a message, a result or an argument.
        Joiners inside an emoji or between letters of scripts that need them are fine.

    Why it matters:
        They come along when text is copied from web pages and cut a word into other tokens than the reader sees; in an
        argument they make the tool look for something that does not exist.

    Example:
        `北\u200b京` with U+200B between the two characters.

    What to do:
        Delete them. The fix does so in the system prompt and in what the user says, outside code and quotes.
    """

    code = "TC710"
    name = "zh.zero_width"
    characters = ZERO_WIDTH
    chinese = """文本里不应有零宽字符。

    检查什么：
        报告消息、工具结果或调用参数里的零宽空格、零宽连接符、字节序标记和软连字符。
        表情符号内部以及某些文字必需的连接符不算。

    为什么重要：
        它们随网页复制而来，看不见，却把一个词切成别的 token；出现在参数里时，工具会去查一个不存在的值。

    例子：
        `北\u200b京`，两个字之间夹着 U+200B。

    怎么办：
        删掉。自动修复只动系统提示和用户的话，代码和引号里的内容不动。
    """
    good = (FINE, chat(human("发个表情"), gpt("👨\u200d👩\u200d👧 一家人")))
    bad = (
        chat(human("北\u200b京今天\ufeff天气？"), gpt("晴。")),
        chat(human("你好"), gpt("你\u200b好！")),
        weather(city="北\u200b京"),
    )

    def noun(self, count: int) -> Prose:
        return Prose("zero-width character" if count == 1 else "zero-width characters", "零宽字符")

    def is_meant(self, text: str, index: int) -> bool:
        around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
        return text[index] in _JOINERS and bool(around) and not around.isascii() and HAN.search(around) is None
