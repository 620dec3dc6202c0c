"""call.unknown_arg: an argument that the tool does not declare."""

from __future__ import annotations

from toolcall_data.conversation.address import follow, parts, pointer
from toolcall_data.conversation.build import tool
from toolcall_data.nearest import did_you_mean
from toolcall_data.rules._against_schema import Broken, SchemaRule
from toolcall_data.rules._examples import FINE, asked, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation


class CallUnknownArg(SchemaRule):
    """A call must give only arguments that its tool declares.

    What it does:
        Reports an argument, at any depth, that no property of the schema declares. Where the schema allows
        `additionalProperties` beside those it declares, this is a warning; an object that declares none is free.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns arguments that the prompt does not mention.

    Example:
        `get_weather` with `{"city": "北京", "province": "北京"}`: the tool declares no `province`.

    What to do:
        Correct the name, delete the argument, or declare it in the tool.
    """

    code = "TC411"
    name = "call.unknown_arg"
    kind = "unknown_arg"
    good = (
        FINE,
        asked(tool("f", headers={"type": "object", "additionalProperties": {"type": "string"}}), headers={"a": "b"}),
        asked(tool("f", options={"type": "object"}), options={"深色": True}),
    )
    bad = (weather(city="北京", province="北京"), weather(city="北京", dayz=3))

    def say(self, violation: Violation, broken: Broken) -> str:
        names = parts(violation.pointer)
        where = f" in `{'/'.join(names[:-1])}`" if len(names) > 1 else ""
        return f"`{broken.call.name}` declares no argument `{names[-1]}`{where}"

    def advice(self, violation: Violation, broken: Broken) -> str:
        *above, name = parts(violation.pointer)
        if above:
            return ""
        given = follow(broken.call.arguments, pointer(*above))
        declared = broken.offered.compiled.schema.get("properties", {})
        left = [other for other in declared if not isinstance(given, dict) or other not in given]
        return did_you_mean(name, left) or (f"declared: {', '.join(list(declared)[:8])}" if declared else "")

    def how_bad(self, violation: Violation) -> Severity:
        return Severity.WARNING if violation.allowed else self.severity
