"""ans.number_ungrounded: a number that no result holds and none could give."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import isnan

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._answers import answers
from toolcall_data.rules._grounding import Context, context_of, holds_number
from toolcall_data.rules._guards import has_result
from toolcall_data.rules._results import leaves
from toolcall_data.rules.base import Finding, Rule, Severity

_NUMBER = re.compile(
    r"(?<![\w.,#$])[$¥€£]?(\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,20})?|\d{1,20}(?:\.\d{1,20})?)(?![A-Za-z0-9_]|[.,]\d)",
    re.ASCII,
)
_ENUMERATION = re.compile(r"^\s*\d{1,2}[.、)）]", re.MULTILINE)
_COUNTS = 12
"""Up to here a number may count what the answer lists."""
_SCALES = (1, 100, 0.01, 1e3, 1e4, 1e6, 1e8, 1e9)
_LONGEST = 15
"""More digits are a number on a card or in a system, not an amount."""
_MOST_COMBINED = 20
_MOST_SHOWN = 4


class AnsNumberUngrounded(Rule):
    """A statistic: numbers in answers that come from nowhere.

    What it does:
        Counts numbers in an answer to results that stand nowhere before it: not rounded, not as a percentage, not in
        万, million or another unit, and not as the sum, difference, product or quotient of two others. Small whole
        numbers and the numbers of a list are left out. The rule runs only when it is named: a number that took two
        steps to work out is no fault.

    Why it matters:
        A number that no result gives is often made up, and users trust numbers most.

    Example:
        The result is `{"price": 23.6}`, the answer 「现价28.4元。」

    What to do:
        Compare the answers by hand; write the number as the result has it.
    """

    chinese = """统计：回答里来历不明的数字。

    检查什么：
        数出结果之后的回答里，前文从未出现的数字：四舍五入、百分比、万与百万等单位换算、另外两个数的和差积商都算有来历。
        很小的整数和列表编号不算。只有点名才运行本规则：要两步才能算出的数字并不是错误。

    为什么重要：
        结果里没有的数字往往是编造的，而用户最相信的就是数字。

    例子：
        结果是 `{"price": 23.6}`，回答是「现价28.4元。」

    怎么办：
        人工核对这些回答，按结果里的写法写数字。
    """
    code = "TC601"
    name = "ans.number_ungrounded"
    severity = Severity.INFO
    only_if = staticmethod(has_result)
    _asked = (human("把200元的八折和0.98的置信度都说一下。"), call("get_weather", city="北京"))
    good = (
        row(
            *_asked,
            observation({"price": 160, "confidence": 0.98, "total": 23329000000}),
            gpt("打折后160元，省了40元，置信度98%，总额约233.29亿元，即23.33 billion。"),
        ),
    )
    bad = (row(human("北京天气？"), call("get_weather", city="北京"), observation({"high": 25}), gpt("最高28.5度。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            written = dict.fromkeys(_NUMBER.findall(_ENUMERATION.sub("", answer.message.text)))
            if not written:
                continue
            context = context_of(conversation, answer.index)
            known = _known(conversation, answer.index, context)
            if unknown := [each for each in written if not _is_grounded(each, context, known)]:
                listed = ", ".join(unknown[:_MOST_SHOWN])
                text = Prose(f"nothing before the answer gives {listed}", f"前文得不出 {listed}")
                yield self.on_message(answer.message, text)


@dataclass(frozen=True)
class _Known:
    """The amounts that were named, ascending."""

    amounts: list[float]

    @cached_property
    def combined(self) -> list[float]:
        """What any two of the first give together, ascending."""
        pairs = combinations(self.amounts[:_MOST_COMBINED], 2)
        return sorted(each for pair in pairs for each in _combined(*pair) if not isnan(each))


def _known(conversation: Conversation, before: int, context: Context) -> _Known:
    """Every amount that was named, also in a call."""
    found = set(context.numbers)
    for message in conversation.messages[:before]:
        if message.role == "assistant":
            given = [value for call in message.calls for value in leaves(call.arguments)]
            found |= {abs(float(value)) for value in given if isinstance(value, int | float) and abs(value) < 1e15}
    return _Known(sorted(found))


def _is_grounded(written: str, context: Context, known: _Known) -> bool:
    if len(written) > _LONGEST or context.has(written):
        return True
    value = float(written.replace(",", ""))
    if value == int(value) and value <= _COUNTS:
        return True
    near = 0.51 * 10.0 ** -len(written.partition(".")[2])
    if holds_number(context, value) or any(_is_among(known.amounts, value / scale, near / scale) for scale in _SCALES):
        return True
    if any(_is_among(known.amounts, value * scale, near * scale) for scale in _SCALES[3:]):
        return True
    return _is_among(known.combined, value, near)


def _is_among(amounts: list[float], value: float, near: float) -> bool:
    """Whether an amount of the ascending ones is as near to the value as that."""
    place = bisect_left(amounts, value - near)
    return place < len(amounts) and amounts[place] <= value + near


def _combined(low: float, high: float) -> Iterator[float]:
    """What two amounts give together."""
    yield from (
        low + high,
        high - low,
        low * high,
        low * high / 100,
        high * (100 - low) / 100,
        low * (100 - high) / 100,
    )
    if low:
        yield from (high / low, (high - low) / low * 100)
    if high:
        yield from (low / high, low / high * 100)
