"""call.float_for_integer: `3.0` for an integer."""

from __future__ import annotations

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.rules._against_schema import Broken, SchemaRule, broken_calls, place, replaced, shown
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation


class CallFloatForInteger(SchemaRule):
    """An integer should be written without a point.

    What it does:
        Reports `3.0` where the tool declares an integer. JSON Schema allows it, so this is a warning.

    Why it matters:
        LLaMA-Factory trains `3.0` as it stands. Benchmarks and many servers refuse it, and a model that writes both
        3 and 3.0 is harder to parse.

    Example:
        `{"city": "北京", "days": 3.0}`

    What to do:
        Write `3` (the fix does).
    """

    code = "TC419"
    name = "call.float_for_integer"
    severity = Severity.WARNING
    applicability = "safe"
    kind = "float_for_integer"
    good = (FINE,)
    bad = (weather(city="北京", days=3.0),)

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} is an integer, written as {shown(violation.found)}"

    def fix(self, conversation: Conversation) -> Conversation:
        broken = {id(found.call): found for found in broken_calls(conversation)}
        return with_calls(conversation, lambda call: _mended(call, broken[id(call)]) if id(call) in broken else call)


def _mended(call: Call, broken: Broken) -> Call:
    arguments = call.arguments
    for violation in broken.violations:
        if violation.kind == "float_for_integer":
            arguments = replaced(arguments, parts(violation.pointer), int(violation.found))
    return call if arguments is call.arguments else call.model_copy(update={"arguments": arguments})
