"""tool.not_json: tools that are no JSON."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import ProblemRule


class ToolNotJson(ProblemRule):
    """The tools must be written as JSON.

    What it does:
        Reports a `tools` string that Python's JSON parser refuses: the repr of a Python list, a blank, a cut-off end.

    Why it matters:
        LLaMA-Factory ends the whole job with `Invalid JSON format in tool description`, without naming the row.

    Example:
        `"tools": "[{'name': 'get_weather'}]"` uses single quotes.

    What to do:
        Write the list with a JSON encoder; for no tools write an empty string.
    """

    chinese = """工具必须写成 JSON。

    检查什么：
        报告 Python 的 JSON 解析器拒绝的 `tools` 字符串：Python 列表的 repr、空白、被截断的文本。

    为什么重要：
        LLaMA-Factory 以 `Invalid JSON format in tool description` 中断整个训练，而且不说是哪一行。

    例子：
        `"tools": "[{'name': 'get_weather'}]"` 用了单引号。

    怎么办：
        用 JSON 编码器写出列表；没有工具就写空字符串。
    """

    code = "TC301"
    name = "tool.not_json"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools="[{'name': 'get_weather', 'parameters': {}}]"),
        row(human("你好"), gpt("你好！"), tools=" "),
    )

    def say(self, problem: Problem) -> str:
        return Prose(f"the tools are no JSON: {problem.detail}", f"工具不是 JSON：{problem.detail}")
