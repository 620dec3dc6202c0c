"""call.numeric_string: a number written as a string."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, RespeltRule, place, shown
from toolcall_data.rules._examples import FINE
from toolcall_data.schema.validator import Violation, meant


class CallNumericString(RespeltRule):
    """A number must not be written as a string.

    What it does:
        Reports `"5"` where the tool declares a number or an integer; `"true"` for a boolean is left to
        call.bool_string.

    Why it matters:
        LLaMA-Factory trains `"days": "3"` as it stands. It is the commonest drift of types: many servers take it, a
        strict one refuses it, and the model learns to answer in both ways.

    Example:
        `{"city": "北京", "days": "3"}`

    What to do:
        Write the value without quotes (the fix does).
    """

    chinese = """数字不能写成字符串。

    检查什么：
        工具声明为 number 或 integer 的参数却写成了 `"5"`；布尔值写成 `"true"` 由 call.bool_string 负责。

    为什么重要：
        LLaMA-Factory 会把 `"days": "3"` 原样拿去训练。这是最常见的类型漂移：很多服务能接受，严格的会拒绝，
        模型则学会两种写法都用。

    例子：
        `{"city": "北京", "days": "3"}`

    怎么办：
        去掉引号（自动修复会这样做）。
    """
    code = "TC413"
    name = "call.numeric_string"
    kind = "numeric_string"
    good = (FINE,)
    bad = (
        row(
            human("北京未来3天天气？"),
            call("get_weather", city="北京", days="3"),
            observation({"text": "晴"}),
            gpt("北京这几天晴。"),
        ),
    )

    def judges(self, violation: Violation, broken: Broken) -> bool:
        return violation.kind == self.kind and not isinstance(self.respelt(violation), bool)

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value, kinds = place(violation), shown(violation.found), violation.expected
        return Prose(
            f"{at} must be {' or '.join(kinds)}, is the string {value}",
            f"{at.zh} 应为 {' 或 '.join(kinds)}，写成了字符串 {value}",
        )

    def respelt(self, violation: Violation) -> JSON:
        return meant(violation.found, violation.expected)
