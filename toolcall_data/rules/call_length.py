"""call.length: a string, list or object that is too long or too short."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_TAGS = tool("tag", tags={"type": "array", "items": {"type": "string", "maxLength": 4}, "maxItems": 2})


class CallLength(SchemaRule):
    """A value should have the length that its tool declares.

    What it does:
        Reports a string, list or object that breaks `minLength`, `maxLength`, `minItems`, `maxItems`, `minProperties`
        or `maxProperties`.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        Three tags where `maxItems` is 2.

    What to do:
        Correct the value or the limit.
    """

    code = "TC418"
    name = "call.length"
    severity = Severity.WARNING
    kind = "length"
    good = (FINE, asked(_TAGS, tags=["旅行", "美食"]))
    bad = (asked(_TAGS, tags=["旅行", "美食", "摄影"]), asked(_TAGS, tags=["周末旅行计划"]))

    def say(self, violation: Violation, broken: Broken) -> str:
        return (
            f"{place(violation)} breaks `{violation.keyword}` of {shown(violation.expected)}: {shown(violation.found)}"
        )
