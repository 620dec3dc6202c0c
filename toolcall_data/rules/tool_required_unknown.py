"""tool.required_unknown: a required argument that is not declared."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.nearest import did_you_mean
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named
from toolcall_data.schema.normalise import Repair


class ToolRequiredUnknown(RepairRule):
    """Every required argument must be declared.

    What it does:
        Reports a name in `required` that `properties` do not have. Calls are then not blamed for lacking it.

    Why it matters:
        LLaMA-Factory prints it: the model is told to give an argument of which it knows neither type nor meaning.

    Example:
        `{"properties": {"city": ...}, "required": ["location"]}`

    What to do:
        Correct the name, or declare the argument.
    """

    code = "TC312"
    name = "tool.required_unknown"
    kind = "required_unknown"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[tool("f", ["location"], city={"type": "string"})]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return f"{named(tool)} requires `{repair.detail}`, which its properties do not have"

    def advice(self, repair: Repair, tool: Tool) -> str:
        found = tool.parameters.get("properties") if isinstance(tool.parameters, dict) else None
        return did_you_mean(repair.detail, found) if isinstance(found, dict) else ""
