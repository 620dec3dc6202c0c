"""tool.params_flat: properties where the schema belongs."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named
from toolcall_data.schema.normalise import Repair

_FLAT: JSON = {
    "name": "search",
    "description": "搜索",
    "parameters": {"query": {"type": "string", "description": "词"}},
}


class ToolParamsFlat(RepairRule):
    """Parameters must be a schema, not a bare map of properties.

    What it does:
        Reports parameters whose keys are the arguments themselves, as xLAM's sets write them.

    Why it matters:
        LLaMA-Factory's `default` template ends the job with `KeyError: 'properties'`; the others print it, and the
        model learns tool lists that no server sends.

    Example:
        `"parameters": {"query": {"type": "string"}}`

    What to do:
        Wrap the map as `{"type": "object", "properties": ...}` (the fix does). Which arguments are required is then
        still unsaid.
    """

    code = "TC307"
    name = "tool.params_flat"
    applicability = "safe"
    kind = "flat"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[_FLAT]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return f"the properties of {named(tool)} stand directly under `parameters`"
