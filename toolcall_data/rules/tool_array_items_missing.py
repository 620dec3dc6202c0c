"""tool.array_items_missing: a list of what?"""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import schema_parts
from toolcall_data.rules.base import Finding, Rule, Severity

_SAYS = frozenset({"items", "prefixItems", "contains", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"})


class ToolArrayItemsMissing(Rule):
    """A list should say what its items are.

    What it does:
        Reports a schema of type `array` without `items`.

    Why it matters:
        The model must guess whether to list names, numbers or objects. OpenAI's API refuses a tool with such a list.

    Example:
        `{"tags": {"type": "array"}}`

    What to do:
        Add `"items": {"type": "string"}`, or whatever the server takes.
    """

    chinese = """列表应写明元素是什么。

    检查什么：
        报告类型为 `array` 却没有 `items` 的模式。

    为什么重要：
        模型只能猜列表里放名字、数字还是对象。OpenAI 接口拒绝含有这种列表的工具。

    例子：
        `{"tags": {"type": "array"}}`

    怎么办：
        补上 `"items": {"type": "string"}`，或服务器接受的其他类型。
    """

    code = "TC337"
    name = "tool.array_items_missing"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("add_tags", tags={"type": "List[str]"})))
    bad = (
        offers(tool("add_tags", tags={"type": "array", "description": "标签"})),
        offers(tool("add_rows", rows={"type": "array", "items": {"type": "array"}})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in schema_parts(conversation):
            if part.types - {"null"} == {"array"} and _SAYS.isdisjoint(part.meant):
                text = Prose(
                    f"{part.label} of {named(part.tool)} is a list and does not say of what",
                    f"{named_zh(part.tool)}的{part.label_zh}是列表，却没有写明元素是什么",
                )
                yield self.on_tool(conversation, part.index, text, inside=part.at)
