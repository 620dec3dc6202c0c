"""tool.enum_empty: an enum without values."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.schema.normalise import Repair


class ToolEnumEmpty(RepairRule):
    """An enum must have values.

    What it does:
        Reports `enum: []`. Calls are not blamed for it.

    Why it matters:
        Read strictly, no value is allowed, so no call can satisfy the tool, and a server that decodes by the schema
        cannot answer. LLaMA-Factory's `default` template prints nothing for it, the others the empty list.

    Example:
        `{"type": "string", "enum": []}`

    What to do:
        Restore the values if they were lost. The fix removes the keyword: programs write an empty list where an
        argument has no fixed values.
    """

    chinese = """enum 里必须有值。

    检查什么：
        报告 `enum: []`。不再因此怪调用。

    为什么重要：
        严格来说，这表示任何值都不允许，没有调用能满足它，按模式约束解码的服务器也给不出答案。LLaMA-Factory 的 `default`
        模板会忽略它，其他模板会打印空列表。

    例子：
        `{"type": "string", "enum": []}`

    怎么办：
        如果值丢了就补回来。自动修复会删掉这个关键字：程序在参数没有固定取值时常写出空列表。
    """

    code = "TC331"
    name = "tool.enum_empty"
    applicability = "safe"
    kind = "enum_empty"
    good = (FINE,)
    bad = (offers(tool("set_level", level={"type": "string", "enum": []})),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(f"an enum of {named(tool)} has no values", f"{named_zh(tool)}的一个 enum 里没有值")
