"""tool.prop_desc_missing: arguments that are not described."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolcall_data.conversation.build import WEATHER, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import Part, arguments
from toolcall_data.rules.base import Finding, Rule, Severity

_BARE = {
    **WEATHER,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
}
_MOST = 8


class ToolPropDescMissing(Rule):
    """Every argument should be described.

    What it does:
        Reports, once for a tool, its arguments without a `description`. Where an object is described, its properties
        need no description of their own, and an object of which all properties are described needs none itself.

    Why it matters:
        The model must guess from the name what the argument means and how it is written: a date in which form, an
        amount in which currency.

    Example:
        `{"properties": {"start": {"type": "string"}}}`

    What to do:
        Say in a few words what each argument is, with its unit and form.
    """

    chinese = """每个参数都应有描述。

    检查什么：
        报告没有 `description` 的参数，每个工具报一次。对象本身有描述时，它里面的属性
        可以没有；属性都有描述时，对象本身也可以没有。

    为什么重要：
        模型只能凭名字猜参数的含义和写法：日期用什么格式，金额是什么货币。

    例子：
        `{"properties": {"start": {"type": "string"}}}`

    怎么办：
        用几个字说明每个参数是什么，包括单位和格式。
    """

    code = "TC336"
    name = "tool.prop_desc_missing"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("now")))
    bad = (offers(_BARE),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, group in groupby(arguments(conversation), key=lambda part: part.index):
            parts = list(group)
            described = _described(parts)
            bare = [part for part in parts if part.name not in described and not _is_inside(part.name, described)]
            if bare:
                names = ", ".join(f"`{part.name}`" for part in bare[:_MOST]) + (" …" if len(bare) > _MOST else "")
                text = Prose(
                    f"{named(bare[0].tool)} does not describe {names}",
                    f"{named_zh(bare[0].tool)}没有描述 {names.replace(', ', '、')}",
                )
                yield self.on_tool(conversation, index, text, inside=bare[0].at)


def _described(parts: list[Part]) -> set[str]:
    """The names of arguments that are described, or are objects of which every property is; inner ones come last."""
    found: set[str] = set()
    inner: dict[str, list[str]] = {}
    for part in reversed(parts):
        if _is_described(part) or (inner.get(part.name) and found.issuperset(inner[part.name])):
            found.add(part.name)
        inner.setdefault(part.name.rpartition("/")[0], []).append(part.name)
    return found


def _is_described(part: Part) -> bool:
    text = part.schema.get("description") or part.schema.get("title")
    return isinstance(text, str) and bool(text.strip())


def _is_inside(name: str, described: set[str]) -> bool:
    """Whether an object around this argument is described."""
    steps = name.split("/")
    return any("/".join(steps[:end]) in described for end in range(1, len(steps)))
