"""call.length: a string, list or object that is too long or too short."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_TAGS = tool("tag", tags={"type": "array", "items": {"type": "string", "maxLength": 4}, "maxItems": 2})


class CallLength(SchemaRule):
    """A value should have the length that its tool declares.

    What it does:
        Reports a string, list or object that breaks `minLength`, `maxLength`, `minItems`, `maxItems`, `minProperties`
        or `maxProperties`.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        Three tags where `maxItems` is 2.

    What to do:
        Correct the value or the limit.
    """

    chinese = """值的长度应当符合工具的声明。

    检查什么：
        字符串、列表或对象不符合 `minLength`、`maxLength`、`minItems`、`maxItems`、`minProperties` 或 `maxProperties`。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的值。

    例子：
        `maxItems` 是 2，却给了三个标签。

    怎么办：
        改正值或限制。
    """
    code = "TC418"
    name = "call.length"
    severity = Severity.WARNING
    kind = "length"
    good = (FINE, asked(_TAGS, tags=["旅行", "美食"]))
    bad = (asked(_TAGS, tags=["旅行", "美食", "摄影"]), asked(_TAGS, tags=["周末旅行计划"]))

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        limit = f"`{violation.keyword}` of {shown(violation.expected)}"
        limit_zh = f"`{violation.keyword}`（{shown(violation.expected)}）"
        return Prose(f"{at} breaks {limit}: {value}", f"{at.zh} 不满足 {limit_zh}：{value}")
