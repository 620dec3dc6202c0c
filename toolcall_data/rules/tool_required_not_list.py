"""tool.required_not_list: `required` of an object that is no list."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


def _requiring(required: JSON) -> dict[str, JSON]:
    return offers({**WEATHER, "parameters": {**WEATHER["parameters"], "required": required}})


class ToolRequiredNotList(RepairRule):
    """`required` of an object must be a list of names.

    What it does:
        Reports a `required` beside `properties` that is a string, a boolean, a number or an object. A boolean inside a
        property is the matter of `tool.required_bool`, null that of `tool.required_null`.

    Why it matters:
        LLaMA-Factory's `default` template looks for each argument's name in the string and marks those it happens to
        find, or ends the job with a `TypeError` for a boolean. Validators refuse such a schema.

    Example:
        `{"properties": {"city": ...}, "required": "city"}`

    What to do:
        Write a list. The fix turns a string that names arguments into one and removes everything else.
    """

    chinese = """对象的 `required` 应当是名字的列表。

    检查什么：
        报告与 `properties` 并列、却是字符串、布尔值、数字或对象的 `required`。写在参数内部的布尔值由
        `tool.required_bool` 报告，null 由 `tool.required_null` 报告。

    为什么重要：
        LLaMA-Factory 的 `default` 模板会在字符串里查找每个参数名，碰巧找到的就算必填；遇到布尔值则以 `TypeError`
        中断。校验器拒绝这样的模式。

    例子：
        `{"properties": {"city": ...}, "required": "city"}`

    怎么办：
        改写成列表。自动修复把列出参数名的字符串变成列表，其他写法则删除。
    """

    code = "TC324"
    name = "tool.required_not_list"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "required_list"
    good = (FINE,)
    bad = (_requiring("city"), _requiring("city, days"), _requiring(True))

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"`required` of {named(tool)} is no list of names", f"{named_zh(tool)}的 `required` 不是名字的列表"
        )
