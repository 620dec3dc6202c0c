"""conv.calls_no_tools: calls in a row that offers no tools."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_calls_but_no_tools
from toolcall_data.rules.base import Finding, Rule


class ConvCallsNoTools(Rule):
    """A row with calls must offer tools.

    What it does:
        Reports a row that calls a tool while its tools are missing, an empty string or an empty list.

    Why it matters:
        LLaMA-Factory accepts it and trains the call with no tool in the prompt: the model learns to make tools up.

    Example:
        `"tools": "[]"` in a row with a function_call turn.

    What to do:
        Give the row its tool list; check that `columns` in dataset_info.json names the `tools` column.
    """

    chinese = """有调用的行必须提供工具。

    检查什么：
        有调用，而 tools 缺失、是空字符串或空列表。

    为什么重要：
        LLaMA-Factory 照样接受，训练时提示里没有任何工具：模型学会编造工具。

    例子：
        有 function_call 轮的行里写着 `"tools": "[]"`。

    怎么办：
        补上工具列表；检查 dataset_info.json 的 `columns` 是否写了 `tools` 列。
    """
    code = "TC215"
    name = "conv.calls_no_tools"
    looks_at = "calls"
    only_if = staticmethod(has_calls_but_no_tools)
    good = (FINE, row(human("你好"), gpt("你好！"), tools=[WEATHER]))
    bad = (
        chat(human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), gpt("晴。")),
        row(human("北京天气？"), call("get_weather", city="北京"), observation("晴"), gpt("晴。"), tools="[]"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if conversation.tools or not conversation.calls or _has_unread_tools(conversation):
            return
        count = len(conversation.calls)
        text = Prose(f"{count} {'call' if count == 1 else 'calls'}, but no tools", f"有 {count} 个调用，却没有工具")
        yield self.found(text, at=conversation.calls[0].at)


def _has_unread_tools(conversation: Conversation) -> bool:
    """Whether there are tools that could not be read: that has findings of its own."""
    at = conversation.tools_at
    return any(problem.kind.startswith("tool.") or problem.at == at for problem in conversation.problems)
