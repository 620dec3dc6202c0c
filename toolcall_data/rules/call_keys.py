"""call.keys: a call without `name` and `arguments`."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.json_text import decode, kind_of
from toolcall_data.conversation.model import JSON, Call, CallError, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallKeys(Rule):
    """A call must be an object with `name` and `arguments`.

    What it does:
        Reports a call that lacks either key, that is no object, or whose name is empty or no string.

    Why it matters:
        LLaMA-Factory ends the whole job with `KeyError: 'arguments'` or a `TypeError`: only the key is printed, not
        the row.

    Example:
        `{"name": "get_weather", "parameters": {"city": "北京"}}` has `parameters` for `arguments`.

    What to do:
        Rename the key; take the call out of `{"type": "function", "function": ...}`. The fix does both.
    """

    chinese = """调用必须是带有 `name` 和 `arguments` 的对象。

    检查什么：
        调用缺少其中一个键、不是对象，或者名称为空、不是字符串。

    为什么重要：
        LLaMA-Factory 会以 `KeyError: 'arguments'` 或 `TypeError` 中断整个任务，只打印键名，不说是哪一行。

    例子：
        `{"name": "get_weather", "parameters": {"city": "北京"}}` 把 `arguments` 写成了 `parameters`。

    怎么办：
        改正键名；从 `{"type": "function", "function": ...}` 里取出调用。自动修复两样都会做。
    """
    code = "TC402"
    name = "call.keys"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    applicability = "safe"
    good = (FINE,)
    bad = (
        step(call_text('{"name": "get_weather", "parameters": {"city": "北京"}}')),
        step(
            call_text(
                '{"id": "c1", "type": "function",'
                ' "function": {"name": "get_weather", "arguments": "{\\"city\\": \\"北京\\"}"}}'
            )
        ),
        step(call_text('{"arguments": {"city": "北京"}}')),
        step(call_text('["get_weather"]')),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            said = _said(call)
            if said:
                yield self.found(said, at=call.at, excerpt=call.raw, mends=_mended(call) is not call)

    def fix(self, conversation: Conversation) -> Conversation:
        return with_calls(conversation, _mended)


def _said(call: Call) -> str:
    if call.error is not None:
        return _shape(call.error)
    return "" if call.name else Prose("the name of the call is empty or no string", "调用的名称为空或不是字符串")


def _shape(error: CallError) -> str:
    if error.kind == "keys":
        lacking = error.detail.partition("lacks ")[2]
        return Prose(error.detail, f"调用缺少 {lacking.replace(' and ', '、').replace(' or ', ' 或 ')}")
    return Prose(error.detail, "调用不是对象") if error.kind == "not_object" else ""


def _mended(call: Call) -> Call:
    """The call with its keys put right; itself where nothing says what they should be."""
    if call.error is None or call.error.kind != "keys":
        return call
    inner = call.extra.get("function")
    if isinstance(inner, dict):
        left = {key: value for key, value in call.extra.items() if key not in ("function", "type", "id")}
        found = inner.get("arguments")
        value = decode(found).value if isinstance(found, str) else found
        return _whole(call, inner.get("name"), value, left)
    left = {key: value for key, value in call.extra.items() if key != "parameters"}
    return _whole(call, call.name, call.extra.get("parameters"), left)


def _whole(call: Call, name: JSON, arguments: JSON, left: dict[str, JSON]) -> Call:
    if not isinstance(name, str) or not name or kind_of(arguments) != "object":
        return call
    return call.model_copy(update={"name": name, "arguments": arguments, "error": None, "extra": left})
