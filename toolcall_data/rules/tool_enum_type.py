"""tool.enum_type: allowed values that are not of the argument's type."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import Part, cast_without_loss, enums, with_keywords
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.schema.type_names import TYPES, is_of, types_of_values


class ToolEnumType(Rule):
    """The values of an enum must be of the argument's type.

    What it does:
        Reports an enum of which no value has the declared type, as an error, and one with some values of another type,
        as a warning.

    Why it matters:
        No call can satisfy an integer that must be `"高"` or `"低"`: every call violates the tool, and a server that
        decodes strictly cannot answer at all. Calls are not blamed for it.

    Example:
        `{"type": "integer", "enum": ["1", "2"]}`

    What to do:
        Decide what the server takes. Where no value fits, the fix writes the type the values have, because the values
        are what calls copy; where some fit, it casts the others if nothing is lost.
    """

    chinese = """enum 的值必须符合参数的类型。

    检查什么：
        enum 里没有一个值符合声明的类型，报错误；只有部分值不符，报警告。

    为什么重要：
        没有调用能满足“是整数，又必须是 `"高"` 或 `"低"`”：每个调用都违反定义，按模式约束解码的服务器根本给不出答案。
        出错的是工具，所以不再怪调用。

    例子：
        `{"type": "integer", "enum": ["1", "2"]}`

    怎么办：
        先弄清服务器接受什么。没有值相符时，自动修复把类型改成这些值的类型，因为调用照抄的是值；部分相符时，无损地转换其余
        的值。
    """

    code = "TC330"
    name = "tool.enum_type"
    looks_at = "tools"
    applicability = "safe"
    good = (
        FINE,
        offers(tool("set_level", level={"type": "string", "enum": ["高", "低"]})),
        offers(tool("set_level", level={"type": ["string", "null"], "enum": ["高", None]})),
    )
    bad = (
        offers(tool("set_level", level={"type": "integer", "enum": ["高", "低"]})),
        offers(tool("set_level", level={"type": "str", "enum": ["高", 1]})),
        offers(tool("set_level", level={"type": "string", "enum": ["高", None]})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part, values in enums(conversation):
            others = [value for value in values if not is_of(value, part.types)]
            if not part.types or not others:
                continue
            kinds = " or ".join(sorted(part.types))
            kinds_zh = " 或 ".join(sorted(part.types))
            listed = ", ".join(shown(value) for value in others[:5])
            none_fits = len(others) == len(values)
            which, which_zh = ("no value", "没有一个值") if none_fits else (f"not every value ({listed})", "有些值不")
            text = Prose(
                f"{which} of the enum of {part.label} of {named(part.tool)} is of type {kinds}",
                f"{named_zh(part.tool)}的{part.label_zh}的 enum 里{which_zh}是 {kinds_zh} 类型"
                + ("" if none_fits else f"：{listed}"),
            )
            yield self.on_tool(
                conversation,
                part.index,
                text,
                inside=f"{part.at}/enum",
                mends=_mended(part, values) is not None,
                severity=Severity.ERROR if none_fits else Severity.WARNING,
            )

    def fix(self, conversation: Conversation) -> Conversation:
        found = ((part, _mended(part, values)) for part, values in enums(conversation))
        return with_keywords(conversation, ((part, *change) for part, change in found if change is not None))


def _mended(part: Part, values: list[JSON]) -> tuple[str, JSON] | None:
    """The keyword to set anew, and its value: the type where no value has it, the enum where some have."""
    others = [value for value in values if not is_of(value, part.types)]
    if not part.types or not others:
        return None
    if len(others) == len(values):
        kinds = types_of_values(values)
        written = part.schema.get("type")
        is_plain = part.role != "root" and (not isinstance(written, str) or written in TYPES)
        return ("type", kinds[0] if len(kinds) == 1 else kinds) if is_plain else None
    cast = [value if is_of(value, part.types) else cast_without_loss(value, part.types) for value in values]
    lost = any(new is None and old is not None for new, old in zip(cast, values, strict=True))
    return None if lost or cast == values else ("enum", cast)
