"""call.bool_string: a boolean written as a string."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, RespeltRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.schema.validator import Violation, meant

_LIGHT = tool("set_light", room={"type": "string"}, power={"type": "boolean"})


class CallBoolString(RespeltRule):
    """A boolean must not be written as a string.

    What it does:
        Reports `"true"` and `"false"`, in any case, where the tool declares a boolean. Other words, such as 是, are
        left to call.type.

    Why it matters:
        LLaMA-Factory trains `"power": "false"` as it stands. In Python and JavaScript a string that is not empty
        counts as true: a tool that does not check types does the opposite of what was asked.

    Example:
        `{"room": "客厅", "power": "False"}`

    What to do:
        Write `true` or `false` without quotes (the fix does).
    """

    chinese = """布尔值不能写成字符串。

    检查什么：
        工具声明为 boolean 的参数写成了 `"true"` 或 `"false"`（不分大小写）。“是”之类的词由 call.type 负责。

    为什么重要：
        LLaMA-Factory 会把 `"power": "false"` 原样拿去训练。在 Python 和 JavaScript 里非空字符串都算真，
        不检查类型的工具会做出相反的动作。

    例子：
        `{"room": "客厅", "power": "False"}`

    怎么办：
        写成不带引号的 `true` 或 `false`（自动修复会这样做）。
    """
    code = "TC422"
    name = "call.bool_string"
    kind = "numeric_string"
    good = (FINE, asked(_LIGHT, room="客厅", power=False))
    bad = (asked(_LIGHT, room="客厅", power="False"), asked(_LIGHT, room="客厅", power="true"))

    def judges(self, violation: Violation, broken: Broken) -> bool:
        return violation.kind == self.kind and isinstance(self.respelt(violation), bool)

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(f"{at} must be a boolean, is the string {value}", f"{at.zh} 应为布尔值，写成了字符串 {value}")

    def respelt(self, violation: Violation) -> JSON:
        return meant(violation.found, violation.expected)
