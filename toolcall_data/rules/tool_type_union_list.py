"""tool.type_union_list: several types for one argument."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import schema_parts
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolTypeUnionList(Rule):
    """How many schemas name several types.

    What it does:
        Counts schemas whose `type` is a list, such as `["string", "null"]`. This is legal.

    Why it matters:
        It is a statistic: the `default` template of LLaMA-Factory prints the list as Python writes it, and some servers
        refuse more than one type besides `null`.

    Example:
        `{"note": {"type": ["string", "null"]}}`

    What to do:
        Nothing, unless your server refuses it.
    """

    chinese = """统计写了多个类型的参数。

    检查什么：
        统计 `type` 为列表的模式，例如 `["string", "null"]`。这是合法的写法。

    为什么重要：
        这只是统计：LLaMA-Factory 的 `default` 模板按 Python 的写法打印这个列表，有些服务器除 `null` 外不接受多个类型。

    例子：
        `{"note": {"type": ["string", "null"]}}`

    怎么办：
        不用处理，除非你的服务器不接受。
    """

    code = "TC323"
    name = "tool.type_union_list"
    severity = Severity.INFO
    looks_at = "tools"
    good = (FINE,)
    bad = (offers(tool("add_note", note={"type": ["string", "null"], "description": "备注"})),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in schema_parts(conversation):
            if isinstance(part.schema.get("type"), list):
                text = Prose(
                    f"{part.label} of {named(part.tool)} has a list of types",
                    f"{named_zh(part.tool)}的{part.label_zh}写了多个类型",
                )
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/type")
