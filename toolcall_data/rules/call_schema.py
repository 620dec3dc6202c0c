"""call.schema: arguments that break their schema in a way without a rule of its own."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.schema.validator import Violation

_PAY = tool("pay", currency={"const": "CNY"}, amount={"type": "number"})
_UNIQUE = tool("tag", tags={"type": "array", "items": {"type": "string"}, "uniqueItems": True})


class CallSchema(SchemaRule):
    """The arguments of a call must satisfy their schema.

    What it does:
        Reports what no other rule names: `const`, `oneOf` and `anyOf` of which no branch fits, `not`, `uniqueItems`,
        `contains`, `dependentRequired`, `propertyNames` and the like.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `"currency": "USD"` where the schema says `{"const": "CNY"}`.

    What to do:
        Correct the call or the schema.
    """

    chinese = """调用的参数必须满足其模式。

    检查什么：
        其他规则没有单独命名的情况：`const`、没有分支相符的 `oneOf` 和 `anyOf`、`not`、`uniqueItems`、`contains`、
        `dependentRequired`、`propertyNames` 等。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的调用。

    例子：
        模式写着 `{"const": "CNY"}`，参数却是 `"currency": "USD"`。

    怎么办：
        改正调用或模式。
    """
    code = "TC499"
    name = "call.schema"
    kind = "other"
    good = (FINE, asked(_PAY, currency="CNY", amount=5))
    bad = (asked(_PAY, currency="USD", amount=5), asked(_UNIQUE, tags=["旅行", "旅行"]))

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(
            f"{at} breaks `{violation.keyword}` of the schema: {value}",
            f"{at.zh} 不满足模式的 `{violation.keyword}`：{value}",
        )

    def advice(self, violation: Violation, broken: Broken) -> str:
        return violation.detail if len(violation.detail) <= 160 else ""
