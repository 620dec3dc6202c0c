"""tool.prop_type_missing: an argument whose type is unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import arguments
from toolcall_data.rules.base import Finding, Rule, Severity

_TYPED = frozenset({"type", "enum", "const", "$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "if", "not"})


class ToolPropTypeMissing(Rule):
    """Every argument should say its type.

    What it does:
        Reports an argument without `type` that no `enum`, `const`, `$ref` or union describes either, and one whose type
        is `any`, which says the same. Types that nobody knows are the matter of `tool.type_unknown`.

    Why it matters:
        The model must guess whether to write `5` or `"5"`, a name or an object. Values cannot be judged.

    Example:
        `{"amount": {"description": "金额"}}`

    What to do:
        Add the type that the server takes.
    """

    chinese = """每个参数都应写明类型。

    检查什么：
        报告没有 `type`、也没有 `enum`、`const`、`$ref` 或组合来描述的参数，以及类型写成 `any` 的参数（意思相同）。
        没人认识的类型由 `tool.type_unknown` 报告。

    为什么重要：
        模型只能猜该写 `5` 还是 `"5"`，是名字还是对象；参数值也无法检查。

    例子：
        `{"amount": {"description": "金额"}}`

    怎么办：
        补上服务器接受的类型。
    """

    code = "TC335"
    name = "tool.prop_type_missing"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("set_level", level={"enum": ["高", "低"], "description": "级别"})))
    bad = (offers(tool("transfer", amount={"description": "金额"})), offers(tool("transfer", amount={"type": "any"})))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in arguments(conversation):
            if _TYPED.isdisjoint(part.meant):
                text = Prose(
                    f"{part.label} of {named(part.tool)} does not say its type",
                    f"{named_zh(part.tool)}的{part.label_zh}没有写明类型",
                )
                yield self.on_tool(conversation, part.index, text, inside=part.at)
