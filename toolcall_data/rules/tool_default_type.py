"""tool.default_type: a default that its own argument refuses."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import Part, cast_without_loss, schema_parts, with_keywords
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.schema.type_names import is_of


class ToolDefaultType(Rule):
    """A default must be of its argument's type.

    What it does:
        Reports a `default` whose JSON type is not the one the argument declares, such as `"10"` for an integer, and one
        that the argument's `enum` does not have. A default of null says that there is none and is not reported.

    Why it matters:
        LLaMA-Factory prints the default with the tool. The model copies it, and learns to write numbers as strings.

    Example:
        `{"type": "integer", "default": "10"}`

    What to do:
        Write the value in the declared type. The fix does so where nothing is lost: `"10"` becomes `10`, `5` becomes
        `"5"` for a string.
    """

    chinese = """默认值的类型应当与参数一致。

    检查什么：
        报告 JSON 类型与参数声明不符的 `default`，例如整数参数的 `"10"`，以及不在 `enum` 里的默认值。默认值为 null
        表示没有默认值，不报告。

    为什么重要：
        LLaMA-Factory 会把默认值和工具一起打印。模型照抄它，学会把数字写成字符串。

    例子：
        `{"type": "integer", "default": "10"}`

    怎么办：
        按声明的类型书写。无损时自动修复会转换：`"10"` 变成 `10`，字符串参数的 `5` 变成 `"5"`。
    """

    code = "TC329"
    name = "tool.default_type"
    severity = Severity.WARNING
    looks_at = "tools"
    applicability = "safe"
    good = (FINE, offers(tool("search_book", limit={"type": "number", "default": 10}, page={"type": "integer"})))
    bad = (
        offers(tool("search_book", limit={"type": "integer", "default": "10"})),
        offers(tool("search_book", code={"type": "string", "default": 5}, all={"type": "bool", "default": "false"})),
        offers(tool("search_book", limit={"type": "int", "default": ""})),
        offers(tool("search_book", order={"type": "string", "enum": ["date", "price"], "default": "相关度"})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in schema_parts(conversation):
            value = part.schema.get("default")
            if value is None:
                continue
            if _is_of_other_type(part, value):
                kinds = " or ".join(sorted(part.types))
                text = Prose(
                    f"the default of {part.label} of {named(part.tool)} must be {kinds}, is {shown(value)}",
                    f"{named_zh(part.tool)}的{part.label_zh}的默认值应为 {kinds.replace(' or ', ' 或 ')}，"
                    f"写的是 {shown(value)}",
                )
                mends = cast_without_loss(value, part.types) is not None
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/default", mends=mends)
            elif _is_outside_enum(part, value):
                text = Prose(
                    f"the default {shown(value)} of {part.label} of {named(part.tool)} is no value of its enum",
                    f"{named_zh(part.tool)}的{part.label_zh}的默认值 {shown(value)} 不在它的 enum 里",
                )
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/default", mends=False)

    def fix(self, conversation: Conversation) -> Conversation:
        return with_keywords(conversation, _casts(conversation))


def _casts(conversation: Conversation) -> Iterator[tuple[Part, str, JSON]]:
    for part in schema_parts(conversation):
        value = part.schema.get("default")
        if value is not None and _is_of_other_type(part, value):
            cast = cast_without_loss(value, part.types)
            if cast is not None:
                yield part, "default", cast


def _is_of_other_type(part: Part, value: JSON) -> bool:
    return bool(part.types) and not is_of(value, part.types)


def _is_outside_enum(part: Part, value: JSON) -> bool:
    values = part.schema.get("enum")
    return isinstance(values, list) and bool(values) and value not in values
