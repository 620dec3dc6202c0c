"""conv.calls_no_tools: calls in a row that offers no tools."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
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
        if conversation.tools or not conversation.calls or any(_about_tools(problem.kind) for problem in conversation.problems):
            return
        if any(problem.at == conversation.tools_at for problem in conversation.problems):
            return
        count = len(conversation.calls)
        yield self.found(f"{count} {'call' if count == 1 else 'calls'}, but no tools", at=conversation.calls[0].at)


def _about_tools(kind: str) -> bool:
    return kind.startswith("tool.")
