"""call.pattern: a string that its pattern does not match."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation

_TRAIN = tool("find_train", number={"type": "string", "pattern": "^[A-Z]\\d{1,4}$"})


class CallPattern(SchemaRule):
    """A string should match the pattern that its tool declares.

    What it does:
        Reports a string in which the declared `pattern` is found nowhere.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"number": "高铁101"` where the pattern is `^[A-Z]\\d{1,4}$`.

    What to do:
        Correct the value or the pattern.
    """

    code = "TC417"
    name = "call.pattern"
    severity = Severity.WARNING
    kind = "pattern"
    good = (FINE, asked(_TRAIN, number="G101"))
    bad = (asked(_TRAIN, number="高铁101"),)

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} is {shown(violation.found)}, which does not match `{violation.expected}`"
