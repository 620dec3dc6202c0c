"""tool.desc_equals_name: a description that only repeats the name."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import says_only_name
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolDescEqualsName(Rule):
    """A tool's description should say more than its name.

    What it does:
        Reports a description whose words are those of the name, with nothing added but words such as `the`, `function`
        or `工具`.

    Why it matters:
        The model reads the name twice and learns nothing about when to use the tool.

    Example:
        `{"name": "get_weather", "description": "Get weather function"}`

    What to do:
        Write what the tool does, of what, and what it returns.
    """

    chinese = """工具的描述应当比名字说得更多。

    检查什么：
        报告用词与名字相同、只多了 `the`、`function`、`工具` 之类字眼的描述。

    为什么重要：
        模型只是把名字读了两遍，学不到什么时候该用这个工具。

    例子：
        `{"name": "get_weather", "description": "Get weather function"}`

    怎么办：
        写清工具做什么、针对什么、返回什么。
    """

    code = "TC321"
    name = "tool.desc_equals_name"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers({**WEATHER, "description": "Get the weather of a city"}))
    bad = (
        offers({**WEATHER, "description": "get_weather"}),
        offers({**WEATHER, "description": "Get weather 函数"}),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if says_only_name(tool):
                text = Prose(
                    f"the description of `{tool.name}` only repeats the name: `{tool.description}`",
                    f"`{tool.name}` 的描述只是重复了名字：`{tool.description}`",
                )
                place = "/function/description" if tool.is_wrapped else "/description"
                yield self.on_tool(conversation, index, text, inside=place)
