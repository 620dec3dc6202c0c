"""tool.not_list: tools that are no list."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Problem
from toolcall_data.rules._edit import with_tools, without_problems
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import ProblemRule


class ToolNotList(ProblemRule):
    """The tools must be a list.

    What it does:
        Reports tools that are one object, a string, a number or null instead of a list of definitions.

    Why it matters:
        LLaMA-Factory ends the whole job with `'str' object has no attribute 'get'`, or with a `TypeError` for null.

    Example:
        `"tools": "{\\"name\\": \\"get_weather\\", ...}"`

    What to do:
        Put the one definition into a list (the fix does); for no tools write an empty string.
    """

    code = "TC302"
    name = "tool.not_list"
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=encode(WEATHER)),
        row(human("你好"), gpt("你好！"), tools="null"),
    )

    def say(self, problem: Problem) -> str:
        return f"the tools are {problem.detail}, not a list"

    def mends(self, problem: Problem) -> bool:
        return problem.detail == "object"

    def fix(self, conversation: Conversation) -> Conversation:
        if not conversation.tools or not any(problem.kind == self.name for problem in conversation.problems):
            return conversation
        return with_tools(without_problems(conversation, self.name), conversation.tools)
