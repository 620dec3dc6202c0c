"""zh.date_format: dates in two spellings in one call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import arguments
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules.base import Finding, Rule, Severity

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_HAN = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]?")
_MARK = re.compile(r"\d+")
_DATE = re.compile(r"^(?:\d{4}-\d|(?:\d{4}年)?\d{1,2}月)", re.MULTILINE)
_LONGEST = 40
_RANGE = tool("list_events", start={"type": "string"}, end={"type": "string"})


def _gives_dates(conversation: Conversation) -> bool:
    """Whether two values begin as dates do."""
    return len(_DATE.findall(facts(conversation).given)) > 1


class ZhDateFormat(Rule):
    """The dates of one call should be written in one way.

    What it does:
        Reports a call whose dates differ in more than their digits: ISO and 年月日, with a space before the time and
        without, 11点30分 and 11:30. Whether a date has the format that its tool declares, `call.format` says; whether
        it was copied, `call.date_rewritten`.

    Why it matters:
        A server that reads one of the two does not read the other.

    Example:
        `{"start": "2022年4月15日 10:00:00", "end": "2022年4月15日11:00:00"}`

    What to do:
        Write all of them in the way that the tool asks for, best in ISO.
    """

    code = "TC719"
    name = "zh.date_format"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_gives_dates)
    chinese = """同一个调用里的日期应当写法一致。

    检查什么：
        报告日期写法不止一种的调用：ISO 与年月日并用、时间前有的有空格有的没有、11点30分与 11:30 并用。
        是否符合工具声明的格式由 `call.format` 判断，是否照抄由 `call.date_rewritten` 判断。

    为什么重要：
        能读其中一种的服务端读不了另一种。

    例子：
        `{"start": "2022年4月15日 10:00:00", "end": "2022年4月15日11:00:00"}`

    怎么办：
        统一成工具要求的写法，最好是 ISO。
    """
    good = (
        FINE,
        row(
            human("2024-05-01 到 2024-05-03 有什么安排？"),
            call("list_events", start="2024-05-01", end="2024-05-03"),
            observation([]),
            gpt("没有。"),
            tools=[_RANGE],
        ),
    )
    bad = (
        row(
            human("2024年5月1日到2024年5月3日有什么安排？"),
            call("list_events", start="2024-05-01", end="2024年5月3日"),
            observation([]),
            gpt("没有。"),
            tools=[_RANGE],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for _, group in groupby(arguments(conversation), key=lambda each: id(each.call)):
            first: dict[str, str] = {}
            for each in group:
                spelling = _spelling(each.value)
                if spelling is None:
                    continue
                same_kind = next((value for kind, value in first.items() if _clash(kind, spelling)), None)
                if same_kind is not None:
                    text = Prose(
                        f"`{each.name}` is `{each.value}`, another date of the call is `{same_kind}`",
                        f"`{each.name}` 的值是 `{each.value}`，同一调用里另一个日期写作 `{same_kind}`",
                    )
                    yield self.on_call(conversation, each.call, text, inside=each.at)
                first.setdefault(spelling, each.value)


def _spelling(value: object) -> str | None:
    """How a date is written, its digits left out: `年月日`, `#-#-#`; None for anything that is no date."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    found = _ISO.match(value) or _HAN.match(value)
    return _MARK.sub("#", value) if found else None


def _clash(one: str, other: str) -> bool:
    """Whether two spellings differ in more than that one of them names no time."""
    if one == other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return not (longer.startswith(shorter) and shorter in ("#-#-#", "#年#月#日"))
