"""tool.enum_dup: an allowed value that is listed twice."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import enums, with_keywords
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolEnumDup(Rule):
    """An enum should list each value once.

    What it does:
        Reports an enum with a value that stands in it more than once.

    Why it matters:
        Strict servers refuse the tool. In translated sets it also shows that two values became one: a distinction of
        the original is lost.

    Example:
        `{"enum": ["大", "中", "大"]}`

    What to do:
        Compare with the original. The fix removes the repetition.
    """

    chinese = """enum 里每个值只应出现一次。

    检查什么：
        报告有重复值的 enum。

    为什么重要：
        严格的服务器拒绝这样的工具。在翻译得到的数据里，它还说明两个值被译成了同一个，原有的区别丢失了。

    例子：
        `{"enum": ["大", "中", "大"]}`

    怎么办：
        与原文对照。自动修复会删掉重复的值。
    """

    code = "TC332"
    name = "tool.enum_dup"
    severity = Severity.WARNING
    looks_at = "tools"
    applicability = "safe"
    good = (FINE,)
    bad = (offers(tool("order_tea", size={"type": "string", "enum": ["大杯", "中杯", "大杯"]})),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part, values in enums(conversation):
            once = _once(values)
            if len(once) < len(values):
                twice = next(value for value in once if [encode(each) for each in values].count(encode(value)) > 1)
                text = Prose(
                    f"the enum of {part.label} of {named(part.tool)} lists {shown(twice)} more than once",
                    f"{named_zh(part.tool)}的{part.label_zh}的 enum 里 {shown(twice)} 出现了不止一次",
                )
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/enum")

    def fix(self, conversation: Conversation) -> Conversation:
        found = ((part, values, _once(values)) for part, values in enums(conversation))
        return with_keywords(
            conversation, ((part, "enum", once) for part, values, once in found if len(once) < len(values))
        )


def _once(values: list[JSON]) -> list[JSON]:
    return list({encode(value): value for value in values}.values())
