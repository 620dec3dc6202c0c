"""tool.nested_requires_all: a nested object that demands more than a call can give."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import follow, parts, pointer
from toolcall_data.conversation.build import tool as definition
from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.rules._against_schema import broken_calls, has_broken_call
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules._repairs import named
from toolcall_data.rules.base import Finding, Rule, Severity

_LENGTH: JSON = {"type": "number"}
_AREA = definition(
    "calculate_area",
    ["shape", "dimensions"],
    shape={"type": "string", "enum": ["circle", "rectangle"]},
    dimensions={
        "type": "object",
        "properties": {"radius": _LENGTH, "width": _LENGTH, "height": _LENGTH},
        "required": ["radius", "width", "height"],
    },
)


class ToolNestedRequiresAll(Rule):
    """A nested object should not require properties that exclude each other.

    What it does:
        Reports a tool with a nested object that requires every one of its properties, where a call gives only some of
        them. The call is then not blamed for those it lacks.

    Why it matters:
        LLaMA-Factory judges neither. Such schemas describe alternatives, a radius or a width and a height: every call
        that makes sense violates them, and a model trained with strict decoding must invent the rest.

    Example:
        `dimensions` of `calculate_area` requires `radius`, `width` and `height`; a call for a circle gives `radius`.

    What to do:
        Require only what every call has, or describe the alternatives with `oneOf`. If the call forgot something,
        complete the call.
    """

    code = "TC313"
    name = "tool.nested_requires_all"
    only_if = staticmethod(has_broken_call)
    severity = Severity.WARNING
    looks_at = "calls"
    good = (FINE, asked(_AREA, shape="rectangle", dimensions={"radius": 0, "width": 2, "height": 3}))
    bad = (asked(_AREA, shape="circle", dimensions={"radius": 5}),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        told: set[tuple[int, str]] = set()
        for broken in broken_calls(conversation):
            for violation in broken.violations:
                if violation.kind != "nested_requires_all":
                    continue
                names = [part for part in parts(violation.pointer) if not part.isdigit()]
                key = (broken.offered.index, "/".join(names))
                if key in told:
                    continue
                told.add(key)
                lacking = ", ".join(f"`{name}`" for name in violation.expected)
                text = f"{named(broken.offered.tool)} requires all of `{key[1]}`; a call gives it without {lacking}"
                place = broken.offered.tool.parameters_pointer + _schema_of(violation.pointer, broken.offered.tool)
                yield self.on_tool(conversation, broken.offered.index, text, inside=place)


def _schema_of(argument: str, tool: Tool) -> str:
    """Where the schema of an argument stands below the parameters; the parameters themselves where it is combined."""
    at = "".join("/items" if part.isdigit() else pointer("properties", part) for part in parts(argument))
    try:
        follow(tool.parameters, at)
    except LookupError:
        return ""
    return at
