"""ds.irrelevance_ratio: how many rows offer tools and need none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import Shape, ShapeRule, percent
from toolcall_data.rules.base import Finding

_NO_NEED = row(human("你好"), gpt("你好！有什么可以帮您？"))


class DsIrrelevanceRatio(ShapeRule):
    """Some rows with tools, and not too many, should call none.

    What it does:
        Among the rows of the whole input that offer tools, counts those without a call. Below 5 % and above 50 % it
        warns, in sets with at least 200 such rows.

    Why it matters:
        Without such rows the model learns that tools are there to be called, and calls one at every greeting. With too
        many it learns to talk. Hammer's set has about one such row in nine.

    Example:
        5,000 rows with tools, and every one has a call.

    What to do:
        Below: add rows whose question no offered tool fits, for instance by offering the tools of other rows. Above:
        add rows with calls, or give fewer rows tools.
    """

    chinese = """提供了工具的行里，应该有一些不调用，但不能太多。

    检查什么：
        在整个输入里，从提供了工具的行中数出没有调用的。这样的行不少于 200 行时，低于 5 % 或高于 50 % 就警告。

    为什么重要：
        一行都没有，模型会以为有工具就要调用，打个招呼也调用；太多，模型就学会了只说不做。
        Hammer 的数据里约九分之一是这样的行。

    例子：
        5,000 行提供了工具，每一行都有调用。

    怎么办：
        太少：加入没有合适工具的问题，例如换上其他行的工具。太多：加入有调用的行，或让更少的行带工具。
    """
    code = "TC807"
    name = "ds.irrelevance_ratio"
    LEAST, MOST = 0.05, 0.5
    """Half of what sets made for this purpose hold (11 %), and the point at which calling is the exception."""
    good = ((FINE,) * 90 + (_NO_NEED,) * 10, (FINE,) * 180 + (_NO_NEED,) * 20)
    bad = ((FINE,) * 200, (FINE,) * 90 + (_NO_NEED,) * 120)

    def of_shape(self, shape: Shape) -> Sequence[str]:
        if not (shape.offered and shape.is_spoken):
            return ()
        return ("rows",) if shape.has_calls else ("rows", "idle")

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows, idle = counts["rows"], counts["idle"]
        if rows < self.FEWEST or self.LEAST * rows <= idle <= self.MOST * rows:
            return
        few = idle < self.LEAST * rows
        text = Prose(
            f"{idle:,} of {rows:,} rows with tools ({percent(idle, rows)}) call none: too {'few' if few else 'many'}",
            f"{rows:,} 行提供了工具，其中 {idle:,} 行（{percent(idle, rows)}）没有调用：太{'少' if few else '多'}",
        )
        yield self.found(text, hint=_MORE if few else _FEWER)


_MORE = Prose("add rows whose question no offered tool fits", "加入没有合适工具的问题")
_FEWER = Prose("add rows with calls, or give fewer rows tools", "加入有调用的行，或让更少的行带工具")
