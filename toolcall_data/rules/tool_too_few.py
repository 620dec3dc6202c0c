"""tool.too_few: a row with nothing to choose."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolTooFew(Rule):
    """How many rows offer a single tool.

    What it does:
        Counts rows with one tool.

    Why it matters:
        It is a statistic: where there is one tool, the model learns when to call, but not which one to choose.

    Example:
        A row about the weather that offers the weather tool only.

    What to do:
        See to it that enough rows offer several tools, some of them similar.
    """

    chinese = """统计只提供一个工具的行。

    检查什么：
        统计只有一个工具的行。

    为什么重要：
        这只是统计：只有一个工具时，模型能学会什么时候调用，却学不会选哪一个。

    例子：
        问天气的一行，只提供了天气工具。

    怎么办：
        保证有足够多的行提供多个工具，其中有些彼此相似。
    """

    code = "TC345"
    name = "tool.too_few"
    severity = Severity.INFO
    looks_at = "tools"
    good = (offers(WEATHER, tool("get_air_quality")),)
    bad = (FINE,)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if len(conversation.tools) == 1:
            yield self.on_tool(conversation, 0, Prose("it is the only tool of the row", "它是这一行唯一的工具"))
