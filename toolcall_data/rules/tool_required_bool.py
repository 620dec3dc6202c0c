"""tool.required_bool: `required` inside a property."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


class ToolRequiredBool(RepairRule):
    """`required` must be a list beside the properties, no boolean inside one.

    What it does:
        Reports `required: true` or `false` inside a property, as JSON Schema had it before draft 4. An object's
        `required` that is no list is the matter of `tool.required_not_list`, null that of `tool.required_null`.

    Why it matters:
        LLaMA-Factory prints it as it stands; validators of today refuse such a schema.

    Example:
        `{"properties": {"query": {"type": "string", "required": true}}}`

    What to do:
        List the names in `required` beside `properties` (the fix does).
    """

    chinese = """参数内部不应写 `required`，它应是参数旁边的名字列表。

    检查什么：
        报告写在参数内部的 `required: true` 或 `false`，这是 JSON Schema draft 4 之前的写法。对象的 `required` 不是列表
        时由 `tool.required_not_list` 报告，是 null 时由 `tool.required_null` 报告。

    为什么重要：
        LLaMA-Factory 原样打印；如今的校验器拒绝这样的模式。

    例子：
        `{"properties": {"query": {"type": "string", "required": true}}}`

    怎么办：
        把名字列在与 `properties` 并列的 `required` 里（自动修复会做）。
    """

    code = "TC314"
    name = "tool.required_bool"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "required_flag"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[tool("f", query={"type": "string", "required": True})]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"`required` of {named(tool)} is written in another way: {repair.detail}",
            f"{named_zh(tool)}的 `required` 用了别的写法：{repair.detail.zh}",
        )
