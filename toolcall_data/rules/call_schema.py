"""call.schema: arguments that break their schema in a way without a rule of its own."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.schema.validator import Violation

_PAY = tool("pay", currency={"const": "CNY"}, amount={"type": "number"})
_UNIQUE = tool("tag", tags={"type": "array", "items": {"type": "string"}, "uniqueItems": True})


class CallSchema(SchemaRule):
    """The arguments of a call must satisfy their schema.

    What it does:
        Reports what no other rule names: `const`, `oneOf` and `anyOf` of which no branch fits, `not`, `uniqueItems`,
        `contains`, `dependentRequired`, `propertyNames` and the like.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `"currency": "USD"` where the schema says `{"const": "CNY"}`.

    What to do:
        Correct the call or the schema.
    """

    code = "TC499"
    name = "call.schema"
    kind = "other"
    good = (FINE, asked(_PAY, currency="CNY", amount=5))
    bad = (asked(_PAY, currency="USD", amount=5), asked(_UNIQUE, tags=["旅行", "旅行"]))

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} breaks `{violation.keyword}` of the schema: {shown(violation.found)}"

    def advice(self, violation: Violation, broken: Broken) -> str:
        return violation.detail if len(violation.detail) <= 160 else ""
