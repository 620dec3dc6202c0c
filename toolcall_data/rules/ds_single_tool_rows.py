"""ds.single_tool_rows: rows that offer nothing to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import Shape, ShapeRule, percent
from toolcall_data.rules.base import Finding

_CHOICE = row(
    human("北京天气？"),
    call("get_weather", city="北京"),
    observation({"text": "晴"}),
    gpt("北京今天晴。"),
    tools=[WEATHER, tool("get_air_quality")],
)


class DsSingleToolRows(ShapeRule):
    """Most rows with a call should offer more than one tool.

    What it does:
        Among the rows of the whole input that call a tool, counts those that offer exactly one. Reports more than half,
        in sets with at least 200 such rows.

    Why it matters:
        With one tool there is nothing to choose: the model learns that what is offered is what is called. In use it
        sees dozens.

    Example:
        1,400 rows with calls, 1,100 of them with the called tool and no other.

    What to do:
        Add tools of other rows as distractors, similar ones above all.
    """

    chinese = """大多数有调用的行应该提供不止一个工具。

    检查什么：
        在整个输入的有调用的行里，数出只提供一个工具的行。有调用的行不少于 200 行、而这样的行超过一半时报告。

    为什么重要：
        只有一个工具就没有选择：模型学到的是提供什么就调用什么。实际使用时它面对几十个工具。

    例子：
        1,400 行有调用，其中 1,100 行只提供了被调用的那个工具。

    怎么办：
        从其他行取一些工具作为干扰项，最好是相近的。
    """
    code = "TC813"
    name = "ds.single_tool_rows"
    MOST = 0.5
    """Where most rows leave no choice, not choosing is the rule. Glaive's sets are at 60 to 80 %."""
    good = ((FINE,) * 100, (FINE, _CHOICE) * 100)
    bad = ((FINE,) * 150 + (_CHOICE,) * 50,)

    def of_shape(self, shape: Shape) -> Sequence[str]:
        if not (shape.has_calls and shape.offered):
            return ()
        return ("rows", "single") if shape.offered == 1 else ("rows",)

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows, single = counts["rows"], counts["single"]
        if rows >= self.FEWEST and single > self.MOST * rows:
            yield self.found(
                Prose(
                    f"{single:,} of {rows:,} rows with calls ({percent(single, rows)}) offer one tool only",
                    f"{rows:,} 行有调用，其中 {single:,} 行（{percent(single, rows)}）只提供了一个工具",
                ),
                hint=Prose("add tools of other rows as distractors", "从其他行取一些工具作为干扰项"),
            )
