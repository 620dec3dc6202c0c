"""tool.type_alias: another language's name of a type."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import RepairRule, named, named_zh
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

    chinese = """类型必须用 JSON Schema 的名字。

    检查什么：
        报告 Python、Java 或 JavaScript 写法的类型：`str`、`int`、`float`、`dict`、`List[int]`、`String`、`any`、
        `str, optional` 等。

    为什么重要：
        LLaMA-Factory 原样打印。模型看到同一个类型有好几种写法，严格的服务器则拒绝这样的工具。

    例子：
        `{"type": "str, optional"}` 的意思是 `{"type": "string"}`，且该参数不是必填的。

    怎么办：
        写 JSON Schema 的名字（自动修复会做，并把可选的参数从 `required` 里去掉）。
    """

    code = "TC310"
    name = "tool.type_alias"
    applicability = "safe"
    kind = "alias"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[tool("f", a={"type": "str"}, b={"type": "List[int]"})]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", ["a"], a={"type": "int, optional"}, b={"type": "any"})]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", a={"type": "array", "items": {"type": "HashMap"}})]),
    )

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"a type of {named(tool)} has another language's name: {repair.detail}",
            f"{named_zh(tool)}的一个类型用了别的语言的写法：{repair.detail.zh}",
        )
