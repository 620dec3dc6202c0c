"""row.empty: a row without keys."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import ProblemRule


class RowEmpty(ProblemRule):
    """A row must hold something.

    What it does:
        Reports the row `{}`.

    Why it matters:
        LLaMA-Factory ends the whole job with `object of type 'NoneType' has no len()`.

    Example:
        A line `{}` between two rows.

    What to do:
        Delete the row.
    """

    chinese = """一行里必须有内容。

    检查什么：
        报告 `{}` 这样的行。

    为什么重要：
        LLaMA-Factory 以 `object of type 'NoneType' has no len()` 中断整个任务。

    例子：
        两行之间夹着一行 `{}`。

    怎么办：
        删除该行。
    """
    code = "TC104"
    name = "row.empty"
    good = (FINE,)
    bad = ({},)

    def say(self, problem: Problem) -> Prose:
        return in_both(problem.detail)
