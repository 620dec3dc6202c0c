"""zh.traditional: a message in traditional characters."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._script import ScriptRule, has_simplified, traditional_places
from toolcall_data.rules._text_rule import Span, excerpts


class ZhTraditional(ScriptRule):
    """A set in simplified Chinese should hold no messages in traditional characters.

    What it does:
        Reports a message or a system prompt written in traditional characters. Which these are, OpenCC's tables say;
        characters that both scripts use (乾 著 於) do not count, nor do code, quoted words, titles, Japanese, and
        conversations about scripts. A message that mixes both scripts is `zh.mixed_in_turn`.

    Why it matters:
        A few such rows in a simplified set teach the model to change the script without being asked.

    Example:
        A user message `你好，我需要設置一個新密碼。` in a simplified set.

    What to do:
        Convert it. The fix does so with OpenCC in the system prompt and in what the user says; answers are left to
        you. Ignore the rule for a set that is meant to be traditional.
    """

    code = "TC701"
    name = "zh.traditional"
    chinese = """简体数据集里不应混入繁体消息。

    检查什么：
        报告用繁体字写成的消息或系统提示。哪些是繁体字以 OpenCC 字表为准；两岸通用的字（乾、著、於）、代码、
        引号里的内容、书名、日文，以及本来就在谈论繁简的对话都不算。繁简混用的消息归 `zh.mixed_in_turn`。

    为什么重要：
        简体数据里夹几行繁体，模型就会学着无缘无故切换字体。

    例子：
        简体数据集里出现用户消息 `你好，我需要設置一個新密碼。`

    怎么办：
        转换成简体。自动修复用 OpenCC 转换系统提示和用户的话；回答留给人处理。数据集本来就是繁体时请忽略本规则。
    """
    good = (
        FINE,
        chat(human("乾隆是谁？"), gpt("清朝皇帝，著有诗作。")),
        chat(human("把“國語”转成简体字"), gpt("国语")),
    )
    bad = (
        chat(human("你好，我需要設置一個新密碼。"), gpt("好的，要多长？")),
        chat(human("你好"), gpt("您好，請問需要什麼幫助？")),
    )

    def find(self, text: str) -> list[Span]:
        spans = traditional_places(text)
        return [] if not spans or has_simplified(text) else spans

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans, 6)
        return Prose(f"is written in traditional characters: {shown}", f"用的是繁体字：{shown}")
