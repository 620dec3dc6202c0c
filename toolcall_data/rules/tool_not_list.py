"""tool.not_list: tools that are no list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_tools, without_problems
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, ProblemRule


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

    chinese = """工具必须是列表。

    检查什么：
        报告不是定义列表，而是单个对象、字符串、数字或 null 的工具。

    为什么重要：
        LLaMA-Factory 以 `'str' object has no attribute 'get'` 中断整个训练，null 则以 `TypeError` 中断。

    例子：
        `"tools": "{\\"name\\": \\"get_weather\\", ...}"`

    怎么办：
        把单个定义放进列表（自动修复会做）；没有工具就写空字符串。
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
        return Prose(f"the tools are {problem.detail}, not a list", f"工具是 {problem.detail}，不是列表")

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for finding in super().check(conversation):
            # Not every format takes an object for the one tool that there is.
            yield finding if conversation.tools else replace(finding, fix=None)

    def mends(self, problem: Problem) -> bool:
        return problem.detail == "object"

    def fix(self, conversation: Conversation) -> Conversation:
        if not conversation.tools or not any(problem.kind == self.name for problem in conversation.problems):
            return conversation
        return with_tools(without_problems(conversation, self.name), conversation.tools)
