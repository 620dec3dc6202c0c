"""tool.params_root_type: parameters that are not said to be an object."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


class ToolParamsRootType(RepairRule):
    """The type of the parameters must be `object`.

    What it does:
        Reports parameters whose root has no type or another one, such as `dict`.

    Why it matters:
        Arguments are always an object. LLaMA-Factory prints the type as it stands; strict servers refuse it, and
        parameters that are `{}` end the `default` template with `KeyError: 'properties'`.

    Example:
        `"parameters": {"type": "dict", "properties": {...}}`

    What to do:
        Write `"type": "object"` (the fix does).
    """

    chinese = """参数表的类型必须是 `object`。

    检查什么：
        报告最外层没有类型、或类型是 `dict` 等其他写法的参数表。

    为什么重要：
        参数总是一个对象。LLaMA-Factory 原样打印类型，严格的服务器会拒绝；`{}` 会使 `default` 模板以
        `KeyError: 'properties'` 中断训练。

    例子：
        `"parameters": {"type": "dict", "properties": {...}}`

    怎么办：
        写 `"type": "object"`（自动修复会做）。
    """

    code = "TC308"
    name = "tool.params_root_type"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "root_type"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[{**WEATHER, "parameters": {**WEATHER["parameters"], "type": "dict"}}]),
        row(human("你好"), gpt("你好！"), tools=[{"name": "now", "description": "当前时间", "parameters": {}}]),
    )

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"the parameters of {named(tool)}: {repair.detail}, not `object`",
            f"{named_zh(tool)}的参数表：{repair.detail.zh}，而不是 `object`",
        )
