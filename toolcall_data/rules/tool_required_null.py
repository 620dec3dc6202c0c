"""tool.required_null: `required` that is null."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


class ToolRequiredNull(RepairRule):
    """`required` must not be null.

    What it does:
        Reports `required: null` in the parameters or in a schema inside them.

    Why it matters:
        LLaMA-Factory's `default` template ends the job with `TypeError: argument of type 'NoneType' is not iterable`;
        validators refuse the schema. Such nulls appear where unlike tools were merged into one table.

    Example:
        `{"type": "object", "properties": {"city": ...}, "required": null}`

    What to do:
        Leave the keyword out where nothing is required (the fix does).
    """

    chinese = """`required` 不应是 null。

    检查什么：
        报告参数表或其内部模式里的 `required: null`。

    为什么重要：
        LLaMA-Factory 的 `default` 模板以 `TypeError: argument of type 'NoneType' is not iterable` 中断，校验器拒绝
        这样的模式。把结构不同的工具合并成一张表时会产生这种 null。

    例子：
        `{"type": "object", "properties": {"city": ...}, "required": null}`

    怎么办：
        没有必填参数就不写这个关键字（自动修复会删掉它）。
    """

    code = "TC325"
    name = "tool.required_null"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "required_null"
    good = (FINE,)
    bad = (offers({**WEATHER, "parameters": {**WEATHER["parameters"], "required": None}}),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(f"`required` of {named(tool)} is null", f"{named_zh(tool)}的 `required` 是 null")
