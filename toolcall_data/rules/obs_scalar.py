"""obs.scalar: a result that is a bare number, boolean or string of JSON."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import kind, shown
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_odd_result
from toolcall_data.rules._results import results
from toolcall_data.rules.base import Finding, Rule, Severity

_ADD = tool("add", a={"type": "number"}, b={"type": "number"})


class ObsScalar(Rule):
    """A result should name what it returns.

    What it does:
        Reports a result that is nothing but a number, `true`, `false` or a text in JSON's quotes. Plain text without
        quotes is fine.

    Why it matters:
        Most servers return an object with names. From `42` alone the model cannot tell a temperature from an error
        code, and it learns to take any number for the answer.

    Example:
        `42` instead of `{"sum": 42}`

    What to do:
        Write the object that your tool returns. If it does return a bare value, ignore this rule.
    """

    chinese = """结果应当说明返回的是什么。

    检查什么：
        整个结果只是一个数字、`true`、`false`，或带 JSON 引号的一段文字。不带引号的纯文本没有问题。

    为什么重要：
        多数服务返回带键名的对象。单看 `42`，模型分不清是温度还是错误码，只会学着把随便什么数字当答案。

    例子：
        写成 `42`，而不是 `{"sum": 42}`

    怎么办：
        写成工具真正返回的对象。如果它确实只返回一个值，可以忽略本规则。
    """
    code = "TC506"
    name = "obs.scalar"
    severity = Severity.WARNING
    only_if = staticmethod(has_odd_result)
    good = (FINE,)
    bad = (
        row(human("17加25等于几？"), call("add", a=17, b=25), observation("42"), gpt("等于42。"), tools=[_ADD]),
        row(human("北京天气？"), call("get_weather", city="北京"), observation('"晴"'), gpt("北京今天晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            value = found.value
            if found.error is None and type(value) in (int, float, bool, str) and value != "":
                found_kind = kind(value)
                text = f"the result is a bare {found_kind}: {shown(value)}"
                chinese = f"结果只是一个{found_kind.zh}：{shown(value)}"
                yield self.on_message(found.message, Prose(text, chinese))
