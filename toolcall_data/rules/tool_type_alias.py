"""tool.type_alias: another language's name of a type."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named
from toolcall_data.rules.base import Severity
from toolcall_data.schema.normalise import Repair


class ToolTypeAlias(RepairRule):
    """Types must have JSON Schema's names.

    What it does:
        Reports types written as in Python, Java or JavaScript: `str`, `int`, `float`, `dict`, `List[int]`, `String`,
        `any`, `str, optional` and the like.

    Why it matters:
        LLaMA-Factory prints them as they stand. The model sees several words for one type, and strict servers refuse
        such a tool.

    Example:
        `{"type": "str, optional"}` means `{"type": "string"}` and that the argument is not required.

    What to do:
        Write JSON Schema's name (the fix does, and takes what is optional out of `required`).
    """

    code = "TC310"
    name = "tool.type_alias"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "alias"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[tool("f", a={"type": "str"}, b={"type": "List[int]"})]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", ["a"], a={"type": "int, optional"}, b={"type": "any"})]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", a={"type": "array", "items": {"type": "HashMap"}})]),
    )

    def say(self, repair: Repair, tool: Tool) -> str:
        return f"a type of {named(tool)} has another language's name: {repair.detail}"
