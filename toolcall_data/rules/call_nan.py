"""call.nan: a number that JSON does not have."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallNan(Rule):
    """A call must not hold NaN or Infinity.

    What it does:
        Reports a call whose JSON holds `NaN`, `Infinity` or `-Infinity`, which Python reads though JSON has no such
        values.

    Why it matters:
        LLaMA-Factory writes `NaN` into the training target: the model learns a call that no server can parse.

    Example:
        `{"name": "get_weather", "arguments": {"city": "北京", "days": NaN}}`

    What to do:
        Write the number, or leave the argument out.
    """

    chinese = """调用里不能有 NaN 或 Infinity。

    检查什么：
        调用的 JSON 里有 `NaN`、`Infinity` 或 `-Infinity`：JSON 没有这些值，Python 却能读。

    为什么重要：
        LLaMA-Factory 会把 `NaN` 写进训练目标，模型学到的调用没有服务能解析。

    例子：
        `{"name": "get_weather", "arguments": {"city": "北京", "days": NaN}}`

    怎么办：
        写上数字，或省略这个参数。
    """
    code = "TC408"
    name = "call.nan"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    good = (FINE,)
    bad = (step(call_text('{"name": "get_weather", "arguments": {"city": "北京", "days": NaN}}')),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        told: set[str] = set()
        for call in conversation.calls:
            if call.not_finite and call.at not in told:
                told.add(call.at)
                yield self.on_call(
                    conversation, call, Prose("NaN and Infinity are no JSON", "JSON 里没有 NaN 和 Infinity")
                )
