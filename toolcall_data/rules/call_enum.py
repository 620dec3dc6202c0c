"""call.enum: a value outside the list of allowed ones."""

from __future__ import annotations

from toolcall_data.nearest import did_you_mean
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation

_MOST_SHOWN = 8


class CallEnum(SchemaRule):
    """An argument with an enum must have one of its values.

    What it does:
        Reports an argument, at any depth, whose value is not in the `enum` that its tool declares. In translated sets
        the value was often translated while the enum was not.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"unit": "摄氏度"` where the enum is `["celsius", "fahrenheit"]`.

    What to do:
        Write the allowed value that is meant, or translate the enum in the tool as well.
    """

    code = "TC414"
    name = "call.enum"
    kind = "enum"
    good = (FINE,)
    bad = (weather(city="北京", unit="摄氏度"), weather(city="北京", unit="Celsius"))

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} is {shown(violation.found)}, which is not allowed"

    def advice(self, violation: Violation, broken: Broken) -> str:
        allowed = violation.expected if isinstance(violation.expected, list) else []
        more = f" and {len(allowed) - _MOST_SHOWN} more" if len(allowed) > _MOST_SHOWN else ""
        listed = f"allowed: {', '.join(shown(value) for value in allowed[:_MOST_SHOWN])}{more}"
        names = [value for value in allowed if isinstance(value, str)]
        near = did_you_mean(violation.found, names) if isinstance(violation.found, str) else ""
        return f"{listed}; {near}" if near else listed
