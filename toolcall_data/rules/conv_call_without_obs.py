"""conv.call_without_obs: a call whose result is missing."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import a_message, has_calls, neighbours
from toolcall_data.rules.base import Finding, Rule


class ConvCallWithoutObs(Rule):
    """A call must be followed by its result.

    What it does:
        Reports a call turn that a user message or a plain answer follows. A row that ends with a call is legal.

    Why it matters:
        LLaMA-Factory trains a call followed by the user as if no result were needed, and drops a row in which the
        answer follows at once. Either way the model is taught to answer without the tool.

    Example:
        human, function_call, human, gpt.

    What to do:
        Put the result back, or cut the row off after the call.
    """

    chinese = """调用后面必须有结果。

    检查什么：
        调用轮后面是用户消息或普通回答。以调用结尾的行是合法的。

    为什么重要：
        调用后面是用户时，LLaMA-Factory 照样训练，好像不需要结果；后面直接是回答时，它丢弃该行。
        两种情况都在教模型不用工具就回答。

    例子：
        human、function_call、human、gpt。

    怎么办：
        补回结果，或在调用之后把该行截断。
    """
    code = "TC212"
    name = "conv.call_without_obs"
    only_if = staticmethod(is_irregular)
    good = (FINE, row(human("北京天气？"), call("get_weather", city="北京")))
    bad = (
        row(human("北京天气？"), call("get_weather", city="北京"), human("查到了吗？"), gpt("晴。")),
        row(human("北京天气？"), call("get_weather", city="北京"), gpt("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for before, after in neighbours(conversation):
            if has_calls(before) and (after.role == "user" or (after.role == "assistant" and not after.calls)):
                follows = a_message(after)
                text = Prose(f"the call has no result: {follows} follows", f"调用没有结果：后面是{follows.zh}")
                yield self.on_message(before, text, role=True)
