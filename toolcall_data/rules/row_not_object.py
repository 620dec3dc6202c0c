"""row.not_object: a row that is no JSON object."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import ProblemRule


class RowNotObject(ProblemRule):
    """A row must be a JSON object.

    What it does:
        Reports a row that is a list, a string, a number or null.

    Why it matters:
        LLaMA-Factory cannot load the file (`'NoneType' object has no attribute 'keys'`), or ends while converting it.

    Example:
        A line `null`, or a line `[{"from": "human", "value": "你好"}]` that holds the messages without their object.

    What to do:
        Put the value under the keys that the format asks for, or delete the row.
    """

    chinese = """一行必须是 JSON 对象。

    检查什么：
        报告是列表、字符串、数字或 null 的行。

    为什么重要：
        LLaMA-Factory 读不了这个文件（`'NoneType' object has no attribute 'keys'`），或在转换时中断。

    例子：
        一行 `null`，或一行 `[{"from": "human", "value": "你好"}]`：只有消息，没有外面的对象。

    怎么办：
        把值放到格式要求的键下，或删除该行。
    """
    code = "TC103"
    name = "row.not_object"
    good = (FINE,)
    bad = ("null", '["北京天气？", "晴"]')

    def say(self, problem: Problem) -> Prose:
        return in_both(problem.detail)
