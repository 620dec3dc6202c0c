"""call.unknown_tool: a call of a tool that the row does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call
from toolcall_data.conversation.model import AnyMessage, Call, Conversation
from toolcall_data.nearest import one_edit_away
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import calls_unoffered_tool, perhaps
from toolcall_data.rules._edit import with_calls, with_messages
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
        Correct the name, or add the tool to the row. The fix, which is unsafe, does the former where one tool alone is
        one character away, or differs only in case and underscores.
    """

    chinese = """调用的工具必须是这一行提供的。

    检查什么：
        调用的名称与这一行的任何工具都不同（逐字比较）。没有工具的行由 conv.calls_no_tools 负责。

    为什么重要：
        LLaMA-Factory 不做比较，模型会学着调用并不存在的工具。

    例子：
        工具是 `get_weather`，调用写的是 `getWeather`。

    怎么办：
        改正名称，或把工具加进这一行。只有一个工具与它差一个字符，或仅大小写、下划线不同时，
        自动修复（不安全）会改成那个名称。
    """
    code = "TC409"
    name = "call.unknown_tool"
    looks_at = "calls"
    only_if = staticmethod(calls_unoffered_tool)
    applicability = "unsafe"
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
                mends = found.name in _meant(conversation)
                yield self.on_call(conversation, found, text, hint=hint, mends=mends, on_name=True)

    def fix(self, conversation: Conversation) -> Conversation:
        meant = _meant(conversation)
        if not meant:
            return conversation
        fixed = with_calls(conversation, lambda call: _renamed(call, meant))
        return with_messages(fixed, [_answering(message, meant) for message in fixed.messages])


def _meant(conversation: Conversation) -> dict[str, str]:
    """The names of calls that no tool has, each with the one tool that is one edit away."""
    offered = {tool.name for tool in conversation.tools if tool.name}
    if len(offered) < len({tool.name for tool in conversation.tools}):
        return {}
    astray = {call.name for call in conversation.calls if call.name and call.error is None} - offered
    near = {name: one_edit_away(name, offered) for name in astray}
    return {name: found[0] for name, found in near.items() if len(found) == 1}


def _renamed(call: Call, meant: dict[str, str]) -> Call:
    if call.error is not None or call.name not in meant:
        return call
    return call.model_copy(update={"name": meant[call.name]})


def _answering(message: AnyMessage, meant: dict[str, str]) -> AnyMessage:
    """A result with the new name of its tool, where it has the old one."""
    if message.role != "tool" or message.name not in meant:
        return message
    return message.model_copy(update={"name": meant[message.name]})
