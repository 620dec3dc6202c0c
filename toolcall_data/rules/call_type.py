"""call.type: an argument of the wrong type."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, kind, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation


class CallType(SchemaRule):
    """An argument must have the type that its tool declares.

    What it does:
        Reports an argument, at any depth, whose JSON type is not the declared one. A whole number is fine where a
        number is asked for; a string that spells a number or a boolean is left to call.numeric_string and
        call.bool_string, null to call.null_arg.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `"days": "三"` where `days` is an integer.

    What to do:
        Write the value in the declared type, or correct the schema.
    """

    chinese = """参数必须是工具声明的类型。

    检查什么：
        任意层级的参数，其 JSON 类型与声明不符。要求 number 时给整数没有问题；
        写成字符串的数字和布尔值由 call.numeric_string 和 call.bool_string 负责，null 由 call.null_arg 负责。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的调用。

    例子：
        `days` 是 integer，却写了 `"days": "三"`。

    怎么办：
        按声明的类型写值，或改正模式。
    """
    code = "TC412"
    name = "call.type"
    kind = "type"
    good = (FINE,)
    bad = (weather(city="北京", days="三"), weather(city=["北京"]), weather(city="北京", days=True))

    def judges(self, violation: Violation, broken: Broken) -> bool:
        return violation.kind == self.kind and violation.found is not None

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value, is_now, kinds = place(violation), shown(violation.found), kind(violation.found), violation.expected
        return Prose(
            f"{at} must be {' or '.join(kinds)}, is {is_now}: {value}",
            f"{at.zh} 应为 {' 或 '.join(kinds)}，现在是{is_now.zh}：{value}",
        )
