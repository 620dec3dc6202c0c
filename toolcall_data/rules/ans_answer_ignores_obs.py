"""ans.answer_ignores_obs: an answer that takes nothing from the results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import is_cjk
from toolcall_data.rules._answers import Answer, answers
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_result
from toolcall_data.rules._results import leaves
from toolcall_data.rules.base import Finding, Rule, Severity

_DIGITS = re.compile(r"\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z]{3,}")
_LEAST_TOLD = 6
_LEAST_SAID = 10
_LONGEST = 4000


class AnsAnswerIgnoresObs(Rule):
    """An answer should use what the tools returned.

    What it does:
        Reports an answer that shares no number, no Latin word and not two neighbouring Chinese characters with any of
        its results. Errors, short results (a status, a few characters) and short answers are left out, and so are
        results in another language than the answer.

    Why it matters:
        The model learns to call a tool and then to say what it thought all along.

    Example:
        The result is `{"condition": "小雨", "low": 13, "high": 19}`, the answer 「您可以多喝热水，注意休息。」

    What to do:
        Rewrite the answer from the results, or delete the row.
    """

    chinese = """回答应当用上工具返回的内容。

    检查什么：
        回答与它的结果没有任何相同的数字、拉丁词，也没有两个相邻汉字相同。错误、很短的结果（一个状态、
        几个字）和很短的回答不判断，结果与回答语言不同的也不判断。

    为什么重要：
        模型会学着先调用工具，然后照旧说自己原来就想说的话。

    例子：
        结果是 `{"condition": "小雨", "low": 13, "high": 19}`，回答是「您可以多喝热水，注意休息。」

    怎么办：
        根据结果重写回答，或删掉这一行。
    """
    code = "TC603"
    name = "ans.answer_ignores_obs"
    severity = Severity.WARNING
    only_if = staticmethod(has_result)
    _weather = call("get_weather", city="北京")
    _rain = observation({"condition": "小雨转多云", "low": 13, "high": 19})
    good = (FINE, row(human("北京天气？"), _weather, _rain, gpt("北京有小雨，记得带伞。")))
    bad = (row(human("北京天气？"), _weather, _rain, gpt("您可以多喝热水，注意休息。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            if _ignores(answer):
                text = Prose("the answer takes nothing from its results", "回答没有用到结果里的任何内容")
                yield self.on_message(answer.message, text)


def _ignores(answer: Answer) -> bool:
    said = answer.message.text.lower()
    if len(said) < _LEAST_SAID:
        return False
    pieces = []
    for piece in _told(answer):
        pieces.append(piece.lower())
        if len(pieces[-1]) > 1 and pieces[-1] in said:
            return False
    if any(found.is_error for found in answer.results):
        return False
    told = " ".join(pieces)[:_LONGEST]
    if len(told) < _LEAST_TOLD or (is_cjk(told) != is_cjk(said) and not _DIGITS.search(told)):
        return False
    if any(number in said for number in _DIGITS.findall(told)) or any(word in said for word in _WORD.findall(told)):
        return False
    return not any(pair in said for pair in _pairs(told)) and _has_matter(told, said)


def _has_matter(told: str, said: str) -> bool:
    """Whether the two could share anything: numbers of the result may be written as words, or worked out."""
    if is_cjk(told):
        return is_cjk(said)
    return _DIGITS.search(told) is None or (_DIGITS.search(said) is None and not _HAN.search(said))


def _told(answer: Answer) -> Iterator[str]:
    """The texts and numbers of the results."""
    for found in answer.results:
        if found.error is not None:
            yield found.message.content
        else:
            yield from (str(leaf) for leaf in leaves(found.value) if not isinstance(leaf, bool))


def _pairs(text: str) -> Iterator[str]:
    for first, second in pairwise(text):
        if _HAN.match(first) and _HAN.match(second):
            yield first + second
