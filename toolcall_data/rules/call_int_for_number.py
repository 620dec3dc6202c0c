"""call.int_for_number: an integer where a number is declared."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import arguments
from toolcall_data.rules._examples import asked
from toolcall_data.rules.base import Finding, Rule, Severity

_PAY = tool("pay", amount={"type": "number", "description": "金额（元）"})


class CallIntForNumber(Rule):
    """A statistic: whole numbers given where the tool declares `number`.

    What it does:
        Counts arguments such as `500` where the tool declares a `number`. JSON Schema and the usual benchmarks allow
        them, so nothing is wrong; the rule runs only when it is named.

    Why it matters:
        It tells how the set spells amounts. A parser that tells `500` and `500.0` apart, as some typed clients do,
        should be tested with both.

    Example:
        `{"amount": 500}` where `amount` is a `number`.

    What to do:
        Nothing, unless your server insists on a point.
    """

    chinese = """统计：工具声明为 `number` 的参数给了整数。

    检查什么：
        数出工具声明为 `number` 却写成 `500` 这类整数的参数。JSON Schema 和常用评测都允许，并没有错；
        只有点名才运行本规则。

    为什么重要：
        它说明数据集怎样书写金额。个别强类型客户端会区分 `500` 和 `500.0`，这样的服务应当用两种写法都测一测。

    例子：
        `amount` 声明为 `number`，参数是 `{"amount": 500}`。

    怎么办：
        通常不用处理，除非你的服务非要小数点不可。
    """
    code = "TC423"
    name = "call.int_for_number"
    severity = Severity.INFO
    looks_at = "calls"
    good = (asked(_PAY, amount=12.5),)
    bad = (asked(_PAY, amount=500),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if type(found.value) is int and found.schema.get("type") == "number":
                value = shown(found.value)
                text = Prose(
                    f"`{found.name}` is a number, given as {value}", f"`{found.name}` 是 number，给的是整数 {value}"
                )
                yield self.on_call(conversation, found.call, text, inside=found.at)
