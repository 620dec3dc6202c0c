"""tool.conflicting_defs: one name, several definitions."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._definitions import DefinitionsRule
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._row_keys import tool_key


class ToolConflictingDefs(DefinitionsRule):
    """A statistic: tools that are defined differently in different rows.

    What it does:
        Counts, over the whole input, names under which tools have more than one definition; key order does not count.
        Two definitions in one row are the matter of `tool.name_duplicate`. The rule runs only when it is named.

    Why it matters:
        For a general model it is fine: it learns to read definitions. For one product it is a fault: the tool has one
        definition in use, and the rows with another teach wrong arguments.

    Example:
        `calculate_discount` in 11 variants in LLaMA-Factory's Chinese demo.

    What to do:
        For a product, replace all by the one that the server has, and check the calls again.
    """

    chinese = """统计：在不同的行里定义不同的工具。

    检查什么：
        在整个输入里，数出同一名字有多种定义的工具；键的顺序不算。同一行里的两种定义由 `tool.name_duplicate` 报告。
        只有点名才运行本规则。

    为什么重要：
        对通用模型没问题：它学着去读定义。对单个产品则是错误：实际使用的定义只有一种，其余的行教的是错误的参数。

    例子：
        LLaMA-Factory 的中文示例里 `calculate_discount` 有 11 种定义。

    怎么办：
        若是为某个产品准备的数据，统一换成服务端的定义，并重新检查调用。
    """
    code = "TC360"
    name = "tool.conflicting_defs"
    hint = Prose("for one product, keep the definition that the server has", "若只为一个产品，保留服务端的那种定义")
    good = ((FINE, FINE),)
    bad = (
        (
            row(human("你好"), gpt("你好！"), tools=[tool("get_weather", city={"type": "string"})]),
            row(human("早"), gpt("早！"), tools=[tool("get_weather", place={"type": "string"})]),
        ),
    )

    def grouped(self, tool: Tool) -> tuple[str, str] | None:
        return (tool.name, str(tool_key(tool))) if tool.name is not None else None

    def say(self, group: str, members: list[str], others: Prose) -> Prose:
        return Prose(
            f"`{group}` has {len(members):,} different definitions: also {others}",
            f"`{group}` 有 {len(members):,} 种不同的定义，另见{others.zh}",
        )
