"""tool.required_unknown: a required argument that is not declared."""

from __future__ import annotations

from toolcall_data.conversation.address import follow, parts
from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import compiled_of, replaced
from toolcall_data.rules._edit import with_definition, with_tools
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
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
        Correct the name, or declare the argument. The fix, which is unsafe, takes the name out of `required`.
    """

    chinese = """每个必填参数都必须有定义。

    检查什么：
        报告 `required` 里有、`properties` 里没有的名字。调用缺了它不再怪调用。

    为什么重要：
        LLaMA-Factory 会打印它：要求模型给出一个既不知道类型、也不知道含义的参数。

    例子：
        `{"properties": {"city": ...}, "required": ["location"]}`

    怎么办：
        改正名字，或定义这个参数。自动修复（不安全）会把它从 `required` 里去掉。
    """

    code = "TC312"
    name = "tool.required_unknown"
    kind = "required_unknown"
    applicability = "unsafe"
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), tools=[tool("f", ["location"], city={"type": "string"})]),)

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"{named(tool)} requires `{repair.detail}`, which its properties do not have",
            f"{named_zh(tool)}要求 `{repair.detail}`，而它的 `properties` 里没有",
        )

    def advice(self, repair: Repair, tool: Tool) -> str:
        found = tool.parameters.get("properties") if isinstance(tool.parameters, dict) else None
        near = nearest(repair.detail, found) if isinstance(found, dict) else []
        return Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？") if near else ""

    def fix(self, conversation: Conversation) -> Conversation:
        tools = [self._mended(tool) for tool in conversation.tools]
        if all(new is old for new, old in zip(tools, conversation.tools, strict=True)):
            return conversation
        return with_tools(conversation, tools)

    def _mended(self, tool: Tool) -> Tool:
        parameters = tool.parameters
        for repair in compiled_of(tool).normalised.repairs:
            if repair.kind == self.kind and (left := _without(parameters, repair)) is not None:
                parameters = replaced(parameters, parts(repair.pointer), left)
        return tool if parameters is tool.parameters else with_definition(tool, {"parameters": parameters})

    def mends(self, repair: Repair, tool: Tool) -> bool:
        return _without(tool.parameters, repair) is not None


def _without(parameters: JSON, repair: Repair) -> list[JSON] | None:
    """The list of required names without the unknown one; None where no such list is written there."""
    try:
        written = follow(parameters, repair.pointer)
    except LookupError:
        return None
    if not isinstance(written, list) or repair.detail not in written:
        return None
    return [name for name in written if name != repair.detail]
