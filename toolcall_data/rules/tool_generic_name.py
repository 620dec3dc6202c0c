"""tool.generic_name: a name that says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import name_at
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity

_GENERIC = re.compile(
    r"(?:my|some|the|your|new)?[_-]?"
    r"(?:func|function|fn|tool|api|method|foo|bar|baz|test|example|demo|dummy|sample|placeholder|untitled|unnamed)"
    r"[_-]?(?:name|function|func|tool|api)?[_-]?\d{0,4}",
    re.IGNORECASE,
)
_LONGEST = 40


class ToolGenericName(Rule):
    """A tool's name should say what the tool does.

    What it does:
        Reports names such as `func1`, `tool`, `my_function`, `api_2` and `test`, which fit any tool.

    Why it matters:
        In a set such names stand for a different tool in each row, and the model learns nothing from them. Where they
        were put there on purpose, to make the model read descriptions, leave the rule out (`ignore`).

    Example:
        `"name": "function_1"`

    What to do:
        Name the tool after what it does, in the calls as well.
    """

    chinese = """工具名应当说明工具做什么。

    检查什么：
        报告 `func1`、`tool`、`my_function`、`api_2`、`test` 这类放在任何工具上都行的名字。

    为什么重要：
        这样的名字在每一行里代表不同的工具，模型从中学不到东西。如果是为了让模型阅读描述而有意遮住名字，可以用
        `ignore` 关掉本规则。

    例子：
        `"name": "function_1"`

    怎么办：
        按工具的用途命名，调用里也一起改。
    """

    code = "TC317"
    name = "tool.generic_name"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers({**WEATHER, "name": "test_connection"}), offers({**WEATHER, "name": "search"}))
    bad = (offers({**WEATHER, "name": "func1"}), offers({**WEATHER, "name": "my_function"}))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            name = tool.name
            if name is not None and len(name) <= _LONGEST and _GENERIC.fullmatch(name):
                text = Prose(f"the name `{name}` would fit any tool", f"名字 `{name}` 放在任何工具上都行")
                yield self.on_tool(conversation, index, text, inside=name_at(tool))
