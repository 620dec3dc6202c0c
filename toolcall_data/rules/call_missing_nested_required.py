"""call.missing_nested_required: an object inside the arguments that lacks a required name."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_NAME: JSON = {"type": "string"}
_ORDER = tool(
    "order",
    item={"type": "object", "properties": {"name": _NAME, "size": _NAME, "note": _NAME}, "required": ["name", "size"]},
)


class CallMissingNestedRequired(SchemaRule):
    """An object inside the arguments should have what its schema requires.

    What it does:
        Reports an object or a list item inside the arguments that lacks a name which its own schema requires. Where
        that schema requires every property it has, the tool is reported instead (tool.nested_requires_all).

    Why it matters:
        LLaMA-Factory does not look at the schema. Most often the schema is too strict, so this is a warning.

    Example:
        `{"item": {"name": "茶"}}` where `item` requires `name` and `size`.

    What to do:
        Complete the call, or require less in the tool.
    """

    chinese = """参数里的对象应当具备其模式要求的内容。

    检查什么：
        参数里的对象或列表项缺少它自己的模式所要求的名称。模式把自己的所有属性都列为必填时，
        改为报告工具（tool.nested_requires_all）。

    为什么重要：
        LLaMA-Factory 不看模式。多数情况下是模式定得太严，所以只是警告。

    例子：
        `item` 要求 `name` 和 `size`，却只给了 `{"item": {"name": "茶"}}`。

    怎么办：
        补全调用，或在工具里减少必填项。
    """
    code = "TC420"
    name = "call.missing_nested_required"
    severity = Severity.WARNING
    kind = "nested_required"
    good = (FINE, asked(_ORDER, item={"name": "茶", "size": "大"}))
    bad = (asked(_ORDER, item={"name": "茶"}),)

    def say(self, violation: Violation, broken: Broken) -> str:
        at = place(violation)
        return Prose(f"{at} lacks `{violation.expected}`", f"{at.zh} 缺少 `{violation.expected}`")
