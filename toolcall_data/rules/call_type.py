"""call.type: an argument of the wrong type."""

from __future__ import annotations

from toolcall_data.conversation.json_text import kind_of
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation


class CallType(SchemaRule):
    """An argument must have the type that its tool declares.

    What it does:
        Reports an argument, at any depth, whose JSON type is not the declared one. A whole number is fine where a
        number is asked for; a string that spells a number or a boolean is left to call.numeric_string.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `"days": "三"` where `days` is an integer.

    What to do:
        Write the value in the declared type, or correct the schema.
    """

    code = "TC412"
    name = "call.type"
    kind = "type"
    good = (FINE,)
    bad = (weather(city="北京", days="三"), weather(city=["北京"]), weather(city="北京", days=True))

    def say(self, violation: Violation, broken: Broken) -> str:
        kinds = " or ".join(violation.expected)
        return f"{place(violation)} must be {kinds}, is {kind_of(violation.found)}: {shown(violation.found)}"
