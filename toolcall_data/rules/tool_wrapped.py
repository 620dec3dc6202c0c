"""tool.wrapped: definitions inside OpenAI's wrapper."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolWrapped(Rule):
    """How many definitions are wrapped as OpenAI's API has them.

    What it does:
        Counts definitions written as `{"type": "function", "function": {...}}`.

    Why it matters:
        It is a statistic: LLaMA-Factory reads both forms. A set that mixes them may be refused by tools that take one
        form for all rows.

    Example:
        `{"type": "function", "function": {"name": "get_weather", ...}}`

    What to do:
        Nothing, or write all of a set in one form.
    """

    chinese = """统计用 OpenAI 外层包起来的定义。

    检查什么：
        统计写成 `{"type": "function", "function": {...}}` 的定义。

    为什么重要：
        这只是统计：两种写法 LLaMA-Factory 都能读。如果一个数据集里混用，有些要求各行一致的工具会拒绝它。

    例子：
        `{"type": "function", "function": {"name": "get_weather", ...}}`

    怎么办：
        不用处理，或把整个数据集统一成一种写法。
    """

    code = "TC349"
    name = "tool.wrapped"
    severity = Severity.INFO
    looks_at = "tools"
    good = (FINE,)
    bad = (offers({"type": "function", "function": WEATHER}),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if tool.is_wrapped:
                text = Prose(f"{named(tool)} is wrapped in `function`", f"{named_zh(tool)}包在 `function` 里")
                yield self.on_tool(conversation, index, text)
