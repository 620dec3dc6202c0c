"""zh.untranslated_inline: an English word that a translator left standing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.fingerprint import tools_as_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import plain
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._text_rule import Part, Span, TextRule, excerpts, pieces
from toolcall_data.rules.base import Finding, Severity

_WORDS = re.compile(
    r" (?<=[\u4e00-\u9fff] )([a-z]{4,20}(?: [a-z]{2,20}){0,3}) (?=[\u4e00-\u9fff])"
    r"(?!库|模块|命令|函数|语言|文件|变量|方法|类|包|算法|酱|酒)"
)
_ABOUT_CODE = re.compile(
    r"```|代码|编程|程序|函数|算法|变量|接口|数据库|命令|开源|网页|网站|软件|框架|模型|[Gg]it|[Pp]ython|[Jj]ava|SQL|API|HTML|Linux"
)
_AT_HOME_WORDS = """
app bug email emoji logo wifi vlog blog cosplay online offer podcast email iphone ipad
"""
_AT_HOME = frozenset(_AT_HOME_WORDS.split())
_HOLDS_WORD = Holds(answers=" [a-z]{4}")


class ZhUntranslatedInline(TextRule):
    """A Chinese sentence should not keep English words that have a Chinese name.

    What it does:
        Reports lower-case English words between the Chinese words of an answer, such as a translator leaves standing.
        Names, abbreviations, words that the user or the tools say too, code, quoted words, and conversations about
        programming, whose terms are English, are left out.

    Why it matters:
        The model learns to fall into English in the middle of a sentence.

    Example:
        `正在进行的 climate 危机`

    What to do:
        Translate the word, or leave it where it is a term.
    """

    code = "TC704"
    name = "zh.untranslated_inline"
    severity = Severity.WARNING
    only_if = staticmethod(_HOLDS_WORD)
    parts = frozenset({"answer"})
    chinese = """中文句子里不应夹着有现成译名的英文词。

    检查什么：
        报告回答中夹在中文词语之间的小写英文词，多为翻译时漏译。专名、缩写、用户或工具也用到的词、
        代码和引号里的词不算；谈论编程的对话术语本来就是英文，也不算。

    为什么重要：
        模型会学着在句子中间冒出英文。

    例子：
        `正在进行的 climate 危机`

    怎么办：
        译成中文；确属术语的可以保留。
    """
    good = (
        FINE,
        chat(human("怎么用 python 写 json 文件？"), gpt("调用 json 模块的 dump 函数即可。")),
        chat(human("serendipity 是什么意思？"), gpt("这里的 serendipity 指意外的好运。")),
    )
    bad = (chat(human("讲讲气候"), gpt("正在进行的 climate 危机影响所有人。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if found := list(super().check(conversation)):
            known = "\n".join([piece.text for piece in pieces(conversation, _GIVEN)] + [tools_as_text(conversation)])
            if not _ABOUT_CODE.search(known):
                yield from (each for each in found if each.excerpt[slice(*(each.span or (0, 0)))] not in known)

    def find(self, text: str) -> list[Span]:
        if _WORDS.search(text) is None or _ABOUT_CODE.search(text):
            return []
        found = [each.span(1) for each in _WORDS.finditer(plain(text))]
        return [span for span in found if not _AT_HOME.intersection(text[slice(*span)].split())]

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans)
        return Prose(f"keeps English inside a Chinese sentence: {shown}", f"中文句子里夹着英文：{shown}")


_GIVEN: frozenset[Part] = frozenset({"system", "user", "result"})
"""What the model has read when it answers."""
