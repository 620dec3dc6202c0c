"""call.unit_mismatch: an amount in the user's unit where the tool asks for another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._descriptions import words_of
from toolcall_data.rules._grounding import Context, context_of
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules._numerals import UNITS, narrow, value_of
from toolcall_data.rules.base import Finding, Rule, Severity

_DIMENSIONS = (
    frozenset({"年", "季度", "月", "周", "天", "小时", "分钟", "秒"}),
    frozenset({"公里", "米", "厘米", "英尺"}),
    frozenset({"公斤", "斤", "克", "吨"}),
    frozenset({"元", "分"}),
    frozenset({"G", "M"}),
)
_ASKED = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_ASKS = re.compile(
    rf"以\s?(?P<a>{_ASKED})\s?[为计]|单位\s?[是为：:（(]?\s?(?P<b>{_ASKED})(?![a-z])|[（(]\s?(?:单位[：:]?\s?)?(?P<c>{_ASKED})\s?[)）]"
    rf"|\bin (?P<d>{_ASKED})\b"
)
_SAID = re.compile(
    rf"(?P<number>(?<![0-9])(?<![0-9][.,])[0-9]+(?:[.,][0-9]+)*|[零一二两三四五六七八九十百千万]{{1,12}})\s?(?P<unit>{_ASKED})(?![a-z代])"
)
_LOAN = tool("calculate_loan", term={"type": "integer", "description": "贷款期限，以月为单位"})


@lru_cache(maxsize=4096)
def unit_asked(description: str) -> str | None:
    """The unit that a description asks for, None where it names none."""
    found = _ASKS.search(narrow(description))
    return UNITS[next(name for name in found.groups() if name)] if found else None


def _asks_unit(conversation: Conversation) -> bool:
    """Whether a description asks for a unit."""
    return any(unit_asked(text) for tool in conversation.tools for text in words_of(tool).said)


class CallUnitMismatch(Rule):
    """An amount should be in the unit that the tool asks for.

    What it does:
        Reports a number whose description names a unit, such as 以月为单位 or `in cents`, where the user gave the same
        number in another unit of that kind and not in this one.

    Why it matters:
        30 years become 30 months. The call is valid, its result is wrong, and the answer passes it on.

    Example:
        The user says 期限30年, the argument described as 以月为单位 is `30`.

    What to do:
        Convert the number: `360`.
    """

    code = "TC466"
    name = "call.unit_mismatch"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = OfTools(_asks_unit)
    chinese = """数量应当使用工具要求的单位。

    检查什么：
        参数描述写明了单位（以月为单位、in cents 等），而用户说的是同一个数字配同类的另一个单位、
        并没有配这个单位时报告。

    为什么重要：
        三十年变成三十个月。调用合法，结果却是错的，回答还会照着说。

    例子：
        用户说期限30年，描述为“以月为单位”的参数却是 `30`。

    怎么办：
        换算数字：`360`。
    """
    good = (
        row(
            human("贷款期限30年，每月还多少？"),
            call("calculate_loan", term=360),
            observation({"monthly": 900}),
            gpt("每月 900 元。"),
            tools=[_LOAN],
        ),
    )
    bad = (
        row(
            human("贷款期限30年，每月还多少？"),
            call("calculate_loan", term=30),
            observation({"monthly": 900}),
            gpt("每月 900 元。"),
            tools=[_LOAN],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for each in arguments(conversation):
            if isinstance(each.value, bool) or not isinstance(each.value, int | float) or not each.schema:
                continue
            asked = unit_asked(str(each.schema.get("description", "")))
            if asked is not None and (said := _other_unit(each, asked, context_of(conversation, each.message))):
                text = Prose(
                    f"`{each.name}` is {each.value}, meant in {asked}; the user said {said}",
                    f"`{each.name}` 的值是 {each.value}，单位应是{asked}；用户说的是{said}",
                )
                yield self.on_call(conversation, each.call, text, inside=each.at)


def _other_unit(argument: Argument, asked: str, context: Context) -> str | None:
    """The user's words for the same number in another unit of that kind; None where this unit stands there too."""
    kind = next((units for units in _DIMENSIONS if asked in units), frozenset())
    other = None
    for found in _SAID.finditer(narrow(context.user)):
        unit = UNITS[found["unit"]]
        if unit in kind and value_of(found["number"]) == argument.value:
            if unit == asked:
                return None
            other = found[0]
    return other
