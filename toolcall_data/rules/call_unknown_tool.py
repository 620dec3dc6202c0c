"""call.unknown_tool: a call of a tool that the row does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import calls_unoffered_tool, perhaps
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules.base import Finding, Rule


class CallUnknownTool(Rule):
    """A call must name a tool that the row offers.

    What it does:
        Reports a call whose name none of the row's tools has, compared letter by letter. Rows without tools are left
        to conv.calls_no_tools.

    Why it matters:
        LLaMA-Factory does not compare them. The model learns to call tools that are not there.

    Example:
        A call of `getWeather` where the tool is `get_weather`.

    What to do:
        Correct the name, or add the tool to the row.
    """

    chinese = """调用的工具必须是这一行提供的。

    检查什么：
        调用的名称与这一行的任何工具都不同（逐字比较）。没有工具的行由 conv.calls_no_tools 负责。

    为什么重要：
        LLaMA-Factory 不做比较，模型会学着调用并不存在的工具。

    例子：
        工具是 `get_weather`，调用写的是 `getWeather`。

    怎么办：
        改正名称，或把工具加进这一行。
    """
    code = "TC409"
    name = "call.unknown_tool"
    looks_at = "calls"
    only_if = staticmethod(calls_unoffered_tool)
    good = (FINE,)
    bad = (step(call("getWeather", city="北京")), step(call("send_email", to="a@example.com")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        names = {tool.name for tool in conversation.tools}
        if not names or None in names:
            return
        for found in conversation.calls:
            if found.name and found.name not in names:
                offered = sorted(name for name in names if name)
                listed = ", ".join(offered[:8])
                hint = perhaps(found.name, offered) or Prose(f"offered: {listed}", f"提供的有：{listed}")
                text = Prose(f"no tool is named `{found.name}`", f"没有名为 `{found.name}` 的工具")
                yield self.on_call(conversation, found, text, hint=hint, on_name=True)
