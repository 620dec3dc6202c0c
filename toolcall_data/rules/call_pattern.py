"""call.pattern: a string that its pattern does not match."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_TRAIN = tool("find_train", number={"type": "string", "pattern": "^[A-Z]\\d{1,4}$"})


class CallPattern(SchemaRule):
    """A string should match the pattern that its tool declares.

    What it does:
        Reports a string in which the declared `pattern` is found nowhere.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"number": "高铁101"` where the pattern is `^[A-Z]\\d{1,4}$`.

    What to do:
        Correct the value or the pattern.
    """

    chinese = """字符串应当匹配工具声明的 pattern。

    检查什么：
        字符串里找不到与声明的 `pattern` 相符的内容。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的值。

    例子：
        `"number": "高铁101"`，而 pattern 是 `^[A-Z]\\d{1,4}$`。

    怎么办：
        改正值或 pattern。
    """
    code = "TC417"
    name = "call.pattern"
    severity = Severity.WARNING
    kind = "pattern"
    good = (FINE, asked(_TRAIN, number="G101"))
    bad = (asked(_TRAIN, number="高铁101"),)

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(
            f"{at} is {value}, which does not match `{violation.expected}`",
            f"{at.zh} 的值 {value} 不匹配 `{violation.expected}`",
        )
