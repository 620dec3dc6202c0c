"""tool.not_json: tools that are no JSON."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Problem
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

    code = "TC301"
    name = "tool.not_json"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools="[{'name': 'get_weather', 'parameters': {}}]"),
        row(human("你好"), gpt("你好！"), tools=" "),
    )

    def say(self, problem: Problem) -> str:
        return f"the tools are no JSON: {problem.detail}"
