"""ans.lang_mismatch: a Chinese question with an English answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._chinese import has_han
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_answer_in_english
from toolcall_data.rules._text_rule import pieces
from toolcall_data.rules.base import Finding, Rule, Severity

_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_CODE = re.compile(r"```|[{}<>=;]|\bdef \b|\bimport \b|^\s*#include|SELECT ")
_ABOUT_LANGUAGE = re.compile(
    r"英[文语]|翻译|译[成为文]|单词|词汇|语法|句子|拼写|同义词|反义词|例句|一词|法语|德语|日语|西班牙语|俄语|外语|语言|重写|改写|缩写|网址|链接|名称|名字|字符串|引用"
    r"|复述|重复|代码|提示词|[Pp]rompt|歌词|标题|[Ee]nglish|[A-Za-z]{4,}(?: [A-Za-z]+){3}"
)
_LEAST_WORDS, _GLANCE = 12, 3


class AnsLangMismatch(Rule):
    """A question in Chinese should be answered in Chinese.

    What it does:
        Reports an answer of at least a dozen Latin words without a Chinese character to a Chinese question. Questions
        about languages, words or code, questions that hold a foreign sentence, and system prompts that speak of
        English are left out.

    Why it matters:
        The model learns to change the language without being asked.

    Example:
        `今天有什么新闻？` answered with `Here are the latest headlines from around the world today ...`

    What to do:
        Translate the answer, or drop the row.
    """

    code = "TC620"
    name = "ans.lang_mismatch"
    severity = Severity.WARNING
    only_if = staticmethod(has_answer_in_english)
    chinese = """中文提问应当用中文回答。

    检查什么：
        中文问题的回答有十二个以上拉丁字母单词、没有一个汉字时报告。关于语言、词语或代码的问题，
        夹有外文句子的问题，以及系统提示提到英文的都不算。

    为什么重要：
        模型会学着无缘无故换语言。

    例子：
        问 `今天有什么新闻？`，答 `Here are the latest headlines from around the world today ...`

    怎么办：
        译成中文，或删除该行。
    """
    good = (
        FINE,
        chat(
            human("用英文写一句问候"), gpt("Good morning! I hope you are doing very well on this fine and sunny day.")
        ),
    )
    bad = (
        chat(
            human("今天有什么新闻？"),
            gpt("Here are the latest headlines from around the world today, sorted by how much they matter to you."),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        asked = latest = ""
        for piece in pieces(conversation, frozenset({"system", "user", "answer"})):
            if piece.part != "answer":
                asked = f"{asked}\n{piece.text}"
                latest = piece.text
            elif _is_english(piece.text) and has_han(latest) and _ABOUT_LANGUAGE.search(asked) is None:
                text = Prose("the question is Chinese, the answer English", "问题是中文，回答是英文")
                yield self.found(text, at=piece.at, excerpt=piece.text)


def _is_english(text: str) -> bool:
    return (
        text[:_GLANCE].isascii()
        and not has_han(text)
        and len(_LATIN_WORD.findall(text)) >= _LEAST_WORDS
        and _CODE.search(text) is None
    )
