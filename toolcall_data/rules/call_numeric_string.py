"""call.numeric_string: a number or boolean written as a string."""

from __future__ import annotations

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.rules._against_schema import Broken, SchemaRule, broken_calls, place, replaced, shown
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation, meant


class CallNumericString(SchemaRule):
    """A number or a boolean should not be written as a string.

    What it does:
        Reports `"5"` where the tool declares a number or an integer, and `"true"` where it declares a boolean.

    Why it matters:
        LLaMA-Factory trains `"days": "3"` as it stands. It is the commonest drift of types: many servers take it, a
        strict one refuses it, and the model learns to answer in both ways.

    Example:
        `{"city": "北京", "days": "3"}`

    What to do:
        Write the value without quotes (the fix does).
    """

    code = "TC413"
    name = "call.numeric_string"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "numeric_string"
    good = (FINE,)
    bad = (weather(city="北京", days="3"),)

    def say(self, violation: Violation, broken: Broken) -> str:
        kinds = " or ".join(violation.expected)
        return f"{place(violation)} must be {kinds}, is the string {shown(violation.found)}"

    def fix(self, conversation: Conversation) -> Conversation:
        broken = {id(found.call): found for found in broken_calls(conversation)}
        return with_calls(conversation, lambda call: _mended(call, broken[id(call)]) if id(call) in broken else call)


def _mended(call: Call, broken: Broken) -> Call:
    arguments = call.arguments
    for violation in broken.violations:
        value = meant(violation.found, violation.expected) if violation.kind == "numeric_string" else None
        if value is not None:
            arguments = replaced(arguments, parts(violation.pointer), value)
    return call if arguments is call.arguments else call.model_copy(update={"arguments": arguments})
