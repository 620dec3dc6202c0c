"""tool.params_flat: properties where the schema belongs."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
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

    chinese = """参数表必须是模式，而不只是一组属性。

    检查什么：
        报告各个键就是参数名的 `parameters`，xLAM 的数据集就是这样写的。

    为什么重要：
        LLaMA-Factory 的 `default` 模板以 `KeyError: 'properties'` 中断训练；其他模板原样打印，模型学到的是没有服务器会
        发送的工具列表。

    例子：
        `"parameters": {"query": {"type": "string"}}`

    怎么办：
        包成 `{"type": "object", "properties": ...}`（自动修复会做）。哪些参数必填仍然不得而知。
    """

    code = "TC307"
    name = "tool.params_flat"
    applicability = "safe"
    kind = "flat"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[_FLAT]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"the properties of {named(tool)} stand directly under `parameters`",
            f"{named_zh(tool)}的参数直接写在了 `parameters` 下面",
        )
