"""tool.required_bool: `required` that is no list of names."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


class ToolRequiredBool(RepairRule):
    """`required` must be a list of names.

    What it does:
        Reports `required: true` inside a property, as JSON Schema had it before draft 4, and a `required` that is a
        string, a boolean or null.

    Why it matters:
        LLaMA-Factory prints it as it stands; validators of today refuse such a schema.

    Example:
        `{"properties": {"query": {"type": "string", "required": true}}}`

    What to do:
        List the names in `required` beside `properties` (the fix does).
    """

    code = "TC314"
    name = "tool.required_bool"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "required_flag"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[tool("f", query={"type": "string", "required": True})]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return f"`required` of {named(tool)} is written in another way: {repair.detail}"
