"""call.unknown_tool: a call of a tool that the row does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call
from toolcall_data.conversation.model import Conversation
from toolcall_data.nearest import did_you_mean
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

    code = "TC409"
    name = "call.unknown_tool"
    looks_at = "calls"
    good = (FINE,)
    bad = (step(call("getWeather", city="北京")), step(call("send_email", to="a@example.com")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        names = {tool.name for tool in conversation.tools}
        if not names or None in names:
            return
        for found in conversation.calls:
            if found.name and found.name not in names:
                offered = sorted(name for name in names if name)
                hint = did_you_mean(found.name, offered) or f"offered: {', '.join(offered[:8])}"
                text = f"no tool is named `{found.name}`"
                yield self.on_call(conversation, found, text, hint=hint, on_name=True)
