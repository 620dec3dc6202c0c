"""conv.ends_with_call: rows whose last message is a call."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._turns import has_calls
from toolcall_data.rules.base import Finding, Rule, Severity


class ConvEndsWithCall(Rule):
    """A statistic: rows that end with a call.

    What it does:
        Counts rows whose last message is a call. The rule runs only when it is named: such rows are legal, and whole
        published sets consist of them.

    Why it matters:
        They teach when and how to call, but never what to do with a result. A set of nothing else gives a model that
        calls well and answers badly.

    Example:
        human, function_call, and no observation after it.

    What to do:
        Mix in rows that go on to the answer.
    """

    chinese = """统计：以调用结尾的行。

    检查什么：
        数出最后一条消息是调用的行。只有点名才运行本规则：这样的行是合法的，有些公开数据集全是这种行。

    为什么重要：
        它们教模型何时、怎样调用，却从不教拿到结果以后怎么办。全是这种行，模型会调用得好、回答得差。

    例子：
        human、function_call，后面没有 observation。

    怎么办：
        混入一些一直写到回答的行。
    """
    code = "TC220"
    name = "conv.ends_with_call"
    severity = Severity.INFO
    looks_at = "calls"
    good = (FINE,)
    bad = (row(human("北京天气？"), call("get_weather", city="北京")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        messages = conversation.messages
        if messages and has_calls(messages[-1]):
            yield self.on_message(messages[-1], Prose("the row ends with a call", "该行以调用结尾"), role=True)
