"""ds.irrelevance_shape: how rows without a call answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._shares import ShareRule, percent
from toolcall_data.rules.base import Finding

_HEAD, _TAIL = 80, 60
_DECLINES = re.compile(
    r"抱歉|对不起|不好意思|无法|不能|没有办法|没办法|暂不支持|做不到"
    r"|\b(?:sorry|unfortunately|unable|cannot|can't|can not|don't have|not able)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|请(?:您)?(?:提供|告诉|告知|说明|确认)|\b(?:could you|please (?:provide|tell|specify))\b", re.IGNORECASE
)
_WORDS = {"direct": "直接回答", "asks": "追问", "declines": "说明办不到"}


def _idle(question: str, answer: str) -> dict[str, object]:
    return row(human(question), gpt(answer))


class DsIrrelevanceShape(ShareRule):
    """Rows with tools and without a call should not all answer in the same way.

    What it does:
        Sorts the last answer of rows that offer tools and call none: it answers directly, asks back, or says that it
        cannot (the ways that When2Call tells from a call). Reports a set in which 98 % are of one kind, with at least
        100 such rows. It goes by wording, so single rows may be sorted wrongly.

    Why it matters:
        A model that has only seen refusals refuses what it could ask or answer; one that has only seen direct answers
        makes up what it should ask for.

    Example:
        400 rows without a call, and every one ends in 「抱歉，我无法……」.

    What to do:
        Add rows of the kinds that are missing: a required value that the user has not given, a question that needs no
        tool, a wish that no tool fulfils.
    """

    chinese = """提供了工具却不调用的行，不应都用同一种方式回答。

    检查什么：
        把这些行的最后一个回答分成三类：直接回答、追问、说明办不到（即 When2Call 里除调用以外的做法）。
        这样的行不少于 100 行、其中 98 % 属于同一类时报告。只看措辞，个别行可能分错。

    为什么重要：
        只见过拒绝的模型，会拒绝它本可以追问或回答的；只见过直接回答的模型，会编造它本该追问的内容。

    例子：
        400 行没有调用，每一行都以「抱歉，我无法……」结尾。

    怎么办：
        补上缺少的种类：用户没有给出必填的值、不需要工具的问题、没有工具能满足的愿望。
    """
    code = "TC808"
    name = "ds.irrelevance_shape"
    FEWEST = 100
    """Rows without a call; a fifth of them would be 20."""
    MOST = 0.98
    good = (
        (FINE,) * 120,
        (_idle("订票", "抱歉，我无法订票。"),) * 30,
        (_idle("订票", "抱歉，我无法订票。"), _idle("天气？", "请问是哪个城市？"), _idle("你好", "你好！")) * 40,
    )
    bad = ((_idle("订票", "抱歉，我无法订票。"),) * 120,)

    def count(self, conversation: Conversation) -> Sequence[str]:
        found = facts(conversation)
        if not found.offers_tools or found.has_calls or not conversation.messages:
            return ()
        last = conversation.messages[-1]
        answer = last.text.strip() if last.role == "assistant" else ""
        return (_kind(answer),) if answer else ()

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows = counts.total()
        if rows < self.FEWEST:
            return
        kind, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if most < self.MOST * rows:
            return
        missing = [other for other in _WORDS if other != kind]
        yield self.found(
            Prose(
                f"{rows:,} rows offer tools and call none, and {percent(most, rows)} of them {_ENGLISH[kind]}",
                f"{rows:,} 行提供了工具却没有调用，其中 {percent(most, rows)} 都是{_WORDS[kind]}",
            ),
            hint=Prose(
                f"add rows in which the model {_ENGLISH_ONE[missing[0]]} or {_ENGLISH_ONE[missing[1]]}",
                f"加入{_WORDS[missing[0]]}或{_WORDS[missing[1]]}的行",
            ),
        )


_ENGLISH = {"direct": "answer directly", "asks": "ask back", "declines": "decline"}
_ENGLISH_ONE = {"direct": "answers directly", "asks": "asks for what is missing", "declines": "says that it cannot"}


def _kind(answer: str) -> str:
    if _DECLINES.search(answer[:_HEAD]):
        return "declines"
    return "asks" if _ASKS.search(answer[-_TAIL:]) else "direct"
