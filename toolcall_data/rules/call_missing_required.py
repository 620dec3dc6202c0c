"""call.missing_required: a call without a required argument."""

from __future__ import annotations

from toolcall_data.rules._against_schema import Broken, SchemaRule
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation


class CallMissingRequired(SchemaRule):
    """A call must give every required argument.

    What it does:
        Reports a call that lacks an argument which its tool requires.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `search_books` requires `keywords`; the call gives only `author`.

    What to do:
        Add the argument if the conversation tells it, let the model ask for it, or correct the schema.
    """

    code = "TC410"
    name = "call.missing_required"
    kind = "required"
    good = (FINE,)
    bad = (weather(days=3), weather())

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"lacks `{violation.expected}`, which `{broken.call.name}` requires"
