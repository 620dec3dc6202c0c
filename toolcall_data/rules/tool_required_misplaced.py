"""tool.required_misplaced: `required` where no validator reads it."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.schema.normalise import Repair

_QUERY: JSON = {"query": {"type": "string", "description": "词"}}


class ToolRequiredMisplaced(RepairRule):
    """`required` must stand inside the parameters.

    What it does:
        Reports a `required` list beside `parameters`, or among the properties as if it were one.

    Why it matters:
        LLaMA-Factory prints it where it stands. No validator reads it there, so that every argument counts as
        optional, or an argument named `required` is offered.

    Example:
        `{"name": "search", "parameters": {...}, "required": ["query"]}`

    What to do:
        Move it into the parameters, beside `properties` (the fix does).
    """

    chinese = """`required` 必须写在参数表里面。

    检查什么：
        报告与 `parameters` 并列的 `required` 列表，以及被当成参数写进 `properties` 里的 `required` 列表。

    为什么重要：
        LLaMA-Factory 在原处打印它。没有校验器会去那里读，于是所有参数都算可选，或者多出一个名叫 `required` 的参数。

    例子：
        `{"name": "search", "parameters": {...}, "required": ["query"]}`

    怎么办：
        移到参数表里，与 `properties` 并列（自动修复会做）。
    """

    code = "TC311"
    name = "tool.required_misplaced"
    applicability = "safe"
    kind = "required_place"
    good = (FINE,)
    bad = (
        row(
            human("你好"),
            gpt("你好！"),
            tools=[
                {
                    "name": "search",
                    "description": "搜索",
                    "parameters": {"type": "object", "properties": _QUERY},
                    "required": ["query"],
                }
            ],
        ),
        row(
            human("你好"),
            gpt("你好！"),
            tools=[
                {
                    "name": "search",
                    "description": "搜索",
                    "parameters": {"type": "object", "properties": {**_QUERY, "required": ["query"]}},
                }
            ],
        ),
    )

    def say(self, repair: Repair, tool: Tool) -> str:
        inside = bool(repair.pointer)
        return Prose(
            f"`required` of {named(tool)} stands {'among the properties' if inside else 'beside the parameters'}",
            f"{named_zh(tool)}的 `required` 写在了{'各参数中间' if inside else '参数表旁边'}",
        )
