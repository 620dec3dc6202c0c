"""tool.required_misplaced: `required` where no validator reads it."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named
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
        where = "among the properties" if repair.pointer else "beside the parameters"
        return f"`required` of {named(tool)} stands {where}"
