"""call.null_arg: an argument that is null."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, broken_calls, has_broken_call
from toolcall_data.rules._arguments import Argument, arguments, without_optional
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Finding, Rule, Severity


class CallNullArg(Rule):
    """A call should leave out what it does not know instead of giving null.

    What it does:
        Reports `null` where the tool declares a type that null is not. For an optional argument that is a warning,
        for any other an error. Types such as `["string", "null"]` allow it.

    Why it matters:
        LLaMA-Factory trains `"date": null` as it stands. Such nulls are often left over from a table in which all rows
        had to have the same columns; the model learns to name every argument of every tool.

    Example:
        `{"city": "北京", "date": null}`

    What to do:
        Leave out optional arguments (the fix does); give the value of a required one, or let the model ask for it.
    """

    chinese = """不知道的参数应当省略，而不是给 null。

    检查什么：
        工具声明的类型不包括 null，参数却是 `null`。可选参数算警告，其余算错误。
        `["string", "null"]` 这样的类型允许 null。

    为什么重要：
        LLaMA-Factory 会把 `"date": null` 原样拿去训练。这种 null 多半是各行必须同列的表格留下的痕迹，
        模型会学着把每个工具的每个参数都写出来。

    例子：
        `{"city": "北京", "date": null}`

    怎么办：
        可选参数直接省略（自动修复会这样做）；必填参数补上值，或让模型追问。
    """
    code = "TC425"
    name = "call.null_arg"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(has_broken_call)
    applicability = "safe"
    good = (FINE,)
    bad = (weather(city="北京", date=None), weather(city=None))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for broken in broken_calls(conversation):
            for found in _nulls(conversation, broken):
                yield self.on_call(
                    conversation,
                    found.call,
                    Prose(f"`{found.name}` is null", f"`{found.name}` 是 null"),
                    inside=found.at,
                    hint=Prose("leave it out", "省略即可") if found.optional else "",
                    mends=found.optional and _mended(conversation, broken) is not found.call,
                    severity=Severity.WARNING if found.optional else Severity.ERROR,
                )

    def fix(self, conversation: Conversation) -> Conversation:
        calls = {id(broken.call): _mended(conversation, broken) for broken in broken_calls(conversation)}
        return with_calls(conversation, lambda call: calls.get(id(call), call)) if calls else conversation


def _nulls(conversation: Conversation, broken: Broken) -> list[Argument]:
    """The arguments of a call that are null against their declared type."""
    wrong = {found.pointer for found in broken.violations if found.kind == "type" and found.found is None}
    return (
        [
            each
            for each in arguments(conversation)
            if each.call is broken.call and each.value is None and each.at in wrong
        ]
        if wrong
        else []
    )


def _mended(conversation: Conversation, broken: Broken) -> Call:
    wrong = {found.at for found in _nulls(conversation, broken)}
    return without_optional(conversation, broken.call, lambda found: found.at in wrong) if wrong else broken.call
