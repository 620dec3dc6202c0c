"""tool.nested_requires_all: a nested object that demands more than a call can give."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import follow, parts, pointer
from toolcall_data.conversation.build import tool as definition
from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import broken_calls, has_broken_call
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules._repairs import named, named_zh
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

    chinese = """嵌套对象不应要求互相排斥的属性。

    检查什么：
        嵌套对象要求给出它的全部属性，而某个调用只给了其中一些，就报告这个工具。缺的属性不再怪调用。

    为什么重要：
        LLaMA-Factory 两者都不检查。这样的模式描述的其实是几种选择：半径，或者长和宽。合理的调用都违反它，而用严格解码
        训练的模型只能把其余的编出来。

    例子：
        `calculate_area` 的 `dimensions` 要求 `radius`、`width` 和 `height`，求圆面积的调用只给 `radius`。

    怎么办：
        只要求每个调用都有的属性，或用 `oneOf` 描述几种选择。如果是调用漏了，就补全调用。
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
                tool = broken.offered.tool
                text = Prose(
                    f"{named(tool)} requires all of `{key[1]}`; a call gives it without {lacking}",
                    f"{named_zh(tool)}要求给出 `{key[1]}` 的全部属性，而一个调用没有给 {lacking.replace(', ', '、')}",
                )
                place = tool.parameters_pointer + _schema_of(violation.pointer, tool)
                yield self.on_tool(conversation, broken.offered.index, text, inside=place)


def _schema_of(argument: str, tool: Tool) -> str:
    """Where the schema of an argument stands below the parameters; the parameters themselves where it is combined."""
    at = "".join("/items" if part.isdigit() else pointer("properties", part) for part in parts(argument))
    try:
        follow(tool.parameters, at)
    except LookupError:
        return ""
    return at
