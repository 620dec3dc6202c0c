"""call.range: a number outside its limits."""

from __future__ import annotations

from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_WORDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}


class CallRange(SchemaRule):
    """A number should lie within the limits that its tool declares.

    What it does:
        Reports a number beyond `minimum`, `maximum`, their exclusive forms, or one that `multipleOf` does not divide.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"days": 30` where the maximum is 15.

    What to do:
        Correct the value or the limit; if the user asked for more than the tool can do, the answer should say so.
    """

    code = "TC416"
    name = "call.range"
    severity = Severity.WARNING
    kind = "range"
    good = (FINE,)
    bad = (weather(city="北京", days=30), weather(city="北京", days=0))

    def say(self, violation: Violation, broken: Broken) -> str:
        limit = f"{_WORDS[violation.keyword]} {shown(violation.expected)}"
        return f"{place(violation)} is {shown(violation.found)}, must be {limit}"
