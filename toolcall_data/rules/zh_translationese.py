"""zh.translationese: Chinese that reads like a translation."""

from __future__ import annotations

import re

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._text_rule import Span, TextRule, excerpts
from toolcall_data.rules.base import Severity

_SIGNS = re.compile(
    r"那太好了|听到这个消息|我很高兴(?:能|听到)|不幸的是|让我们来看|让我为您|在.{1,8}方面需要帮助|我很抱歉[，,]但|作为一个.{0,4}(?:人工智能|AI)"
    r"|我可以(?:如何|怎样|怎么)(?:帮助|协助)您|有什么我可以(?:帮助|协助|帮)您?的|您想要我|请随时(?:告诉|问|提)|如果您有任何(?:其他|更多|进一步)"
    r"|祝您有美好的一天|不客气[！!]如果|没问题[！!]让我|的话[，,]请(?:让我|告诉我)知道|它是一[部本个家]|是的[，,]请[。！]|根据我的(?:计算|搜索)"
    r"|一个非常(?:好|重要|有趣)的|的一(?:个|种)方式是|以便于?您能|被认为是|被称之为|扮演着.{0,6}角色|起着.{0,6}作用"
)
_LEAST = 3


class ZhTranslationese(TextRule):
    """A message reads as if it were translated from English.

    What it does:
        Counts messages with at least three different turns of phrase that Chinese authors seldom use and translators
        often: `那太好了`, `不幸的是`, `如果您有任何其他`, `扮演着重要的角色` and the like.

    Why it matters:
        A set full of them makes the model's Chinese sound foreign. A lexicon cannot judge a single message: read the
        number as a comparison of sets.

    Example:
        `那太好了！我很高兴能帮到您。如果您有任何其他问题，请随时告诉我。`

    What to do:
        Compare sources by it, and prefer text written in Chinese.
    """

    code = "TC716"
    name = "zh.translationese"
    severity = Severity.INFO
    parts = frozenset({"user", "answer"})
    chinese = """消息读起来像是从英文翻译的。

    检查什么：
        统计至少出现三种翻译腔说法的消息：`那太好了`、`不幸的是`、`如果您有任何其他`、`扮演着重要的角色` 等。

    为什么重要：
        满篇翻译腔会让模型的中文变得生硬。词表判断不了单独一条消息，这个数字适合用来比较不同的数据集。

    例子：
        `那太好了！我很高兴能帮到您。如果您有任何其他问题，请随时告诉我。`

    怎么办：
        用它比较来源，优先选用中文原创的文本。
    """
    good = (FINE,)
    bad = (chat(human("谢谢"), gpt("那太好了！我很高兴能帮到您。如果您有任何其他问题，请随时告诉我。")),)

    def find(self, text: str) -> list[Span]:
        found = [each.span() for each in _SIGNS.finditer(text)]
        return found if len({text[slice(*span)] for span in found}) >= _LEAST else []

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans)
        return Prose(f"has {len(spans)} turns of a translation: {shown}", f"有 {len(spans)} 处翻译腔：{shown}")
