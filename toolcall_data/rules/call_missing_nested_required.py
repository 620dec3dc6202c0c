"""call.missing_nested_required: an object inside the arguments that lacks a required name."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON
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

    code = "TC420"
    name = "call.missing_nested_required"
    severity = Severity.WARNING
    kind = "nested_required"
    good = (FINE, asked(_ORDER, item={"name": "茶", "size": "大"}))
    bad = (asked(_ORDER, item={"name": "茶"}),)

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} lacks `{violation.expected}`"
