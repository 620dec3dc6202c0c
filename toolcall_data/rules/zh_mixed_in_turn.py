"""zh.mixed_in_turn: simplified and traditional characters in one message."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._script import ScriptRule, has_simplified, traditional_places
from toolcall_data.rules._text_rule import Span, excerpts


class ZhMixedInTurn(ScriptRule):
    """One message should not mix simplified and traditional characters.

    What it does:
        Reports a message or a system prompt that holds characters of both scripts, each of which the other script does
        not have. Code, quoted words, titles, Japanese, and conversations about scripts are left out.

    Why it matters:
        Nobody writes like that; it comes from a translator or from conversion by halves, and the model learns it.

    Example:
        `我很喜歡这里` has 歡 of the one script and 这 of the other.

    What to do:
        Convert it. The fix does so with OpenCC in the system prompt and in what the user says; answers are left to
        you.
    """

    code = "TC702"
    name = "zh.mixed_in_turn"
    chinese = """同一条消息里不应繁简混用。

    检查什么：
        报告同时含有简体独有字和繁体独有字的消息或系统提示。代码、引号里的内容、书名、日文，以及谈论繁简的对话不算。

    为什么重要：
        没有人这样写字；这是机器翻译或转换不彻底留下的，模型会照样学会。

    例子：
        `我很喜歡这里`：歡是繁体，这是简体。

    怎么办：
        转换成简体。自动修复用 OpenCC 转换系统提示和用户的话；回答留给人处理。
    """
    good = (FINE, chat(human("请问“歡迎”怎么读？"), gpt("读作 huān yíng，这是欢迎。")))
    bad = (
        chat(human("我很喜歡这里"), gpt("那就好。")),
        chat(human("推荐一本书"), gpt("您会歡喜這本书的。")),
    )

    def find(self, text: str) -> list[Span]:
        spans = traditional_places(text)
        return spans if spans and has_simplified(text) else []

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans, 6)
        return Prose(f"mixes traditional characters into simplified text: {shown}", f"简体文字里混入繁体字：{shown}")
