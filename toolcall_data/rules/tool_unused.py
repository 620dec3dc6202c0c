"""tool.unused: tools that are offered and not called."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolUnused(Rule):
    """How many tools are offered and not called.

    What it does:
        Counts tools that no call of the row names, in rows that have calls.

    Why it matters:
        It is a statistic, and some such tools are needed: without any, the model never learns to choose.

    Example:
        A row that offers `get_weather` and `get_air_quality` and calls the first.

    What to do:
        If hardly any row has one, add tools of other rows as distractors.
    """

    chinese = """统计提供了却没有调用的工具。

    检查什么：
        在有调用的行里，统计没有被任何调用用到的工具。

    为什么重要：
        这只是统计，而且需要有一些这样的工具：一个都没有，模型就学不会选择。

    例子：
        一行提供了 `get_weather` 和 `get_air_quality`，只调用了前者。

    怎么办：
        如果几乎没有这样的行，就从其他行取一些工具作为干扰项。
    """

    code = "TC347"
    name = "tool.unused"
    severity = Severity.INFO
    looks_at = "calls"
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            gpt("北京今天晴。"),
            tools=[WEATHER, tool("get_air_quality")],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        called = {each.name for each in conversation.calls}
        for index, found in enumerate(conversation.tools):
            if called and found.name is not None and found.name not in called:
                text = Prose(f"{named(found)} is offered and not called", f"{named_zh(found)}提供了却没有被调用")
                yield self.on_tool(conversation, index, text)
