"""tool.enum_nonstring: allowed values that are no strings."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import arguments
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.schema.type_names import is_of


class ToolEnumNonstring(Rule):
    """The values of an argument's enum should be strings.

    What it does:
        Reports an argument of the tool, not one nested deeper, whose enum has a number, a boolean or null that fits the
        declared type. Values that do not fit it are the matter of `tool.enum_type`.

    Why it matters:
        It is legal JSON Schema, and all templates of LLaMA-Factory print it but `default`, which ends the job with
        `TypeError: sequence item 0: expected str instance, int found`.

    Example:
        `{"type": "integer", "enum": [7, 15, 30]}`

    What to do:
        Nothing, if your template is not `default`. Otherwise say the allowed numbers in the description, or use
        `minimum` and `maximum`.
    """

    chinese = """参数的 enum 值最好都是字符串。

    检查什么：
        报告工具的直接参数（不含更深的嵌套）里，含有数字、布尔值或 null 且与声明类型相符的 enum。与类型不符的值由
        `tool.enum_type` 报告。

    为什么重要：
        这是合法的 JSON Schema，LLaMA-Factory 的其他模板都能打印，只有 `default` 会以
        `TypeError: sequence item 0: expected str instance, int found` 中断整个训练。

    例子：
        `{"type": "integer", "enum": [7, 15, 30]}`

    怎么办：
        不用 `default` 模板就不必处理；否则在描述里写明允许的数字，或改用 `minimum` 和 `maximum`。
    """

    code = "TC333"
    name = "tool.enum_nonstring"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("get_forecast", days={"type": "integer", "minimum": 1, "maximum": 15})))
    bad = (
        offers(tool("get_forecast", days={"type": "integer", "enum": [7, 15, 30]})),
        offers(tool("get_forecast", mode={"enum": ["快", 2]})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in arguments(conversation):
            values = part.schema.get("enum")
            if "/" in part.name or not isinstance(values, list):
                continue
            odd = next((value for value in values if not isinstance(value, str)), "")
            if odd == "" or (part.types and not all(is_of(value, part.types) for value in values)):
                continue
            text = Prose(
                f"the enum of {part.label} of {named(part.tool)} has {shown(odd)}, which is no string",
                f"{named_zh(part.tool)}的{part.label_zh}的 enum 里有 {shown(odd)}，它不是字符串",
            )
            yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/enum")
