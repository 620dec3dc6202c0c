"""call.range: a number outside its limits."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_WORDS = {
    "minimum": Prose("at least {}", "不小于 {} 的数"),
    "maximum": Prose("at most {}", "不大于 {} 的数"),
    "exclusiveMinimum": Prose("more than {}", "大于 {} 的数"),
    "exclusiveMaximum": Prose("less than {}", "小于 {} 的数"),
    "multipleOf": Prose("a multiple of {}", "{} 的倍数"),
}


class CallRange(SchemaRule):
    """A number should lie within the limits that its tool declares.

    What it does:
        Reports a number beyond `minimum`, `maximum`, their exclusive forms, or one that `multipleOf` does not divide.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"days": 30` where the maximum is 15.

    What to do:
        Correct the value or the limit; if the user asked for more than the tool can do, the answer should say so.
    """

    chinese = """数字应当在工具声明的范围内。

    检查什么：
        数字超出 `minimum`、`maximum` 或其开区间形式，或不是 `multipleOf` 的倍数。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的值。

    例子：
        最大值是 15，却写了 `"days": 30`。

    怎么办：
        改正值或限制；如果用户要的超出了工具的能力，应当由回答来说明。
    """
    code = "TC416"
    name = "call.range"
    severity = Severity.WARNING
    kind = "range"
    good = (FINE,)
    bad = (weather(city="北京", days=30), weather(city="北京", days=0))

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value, limit = place(violation), shown(violation.found), shown(violation.expected)
        words = _WORDS[violation.keyword]
        return Prose(
            f"{at} is {value}, must be {words.format(limit)}", f"{at.zh} 的值是 {value}，应为{words.zh.format(limit)}"
        )
