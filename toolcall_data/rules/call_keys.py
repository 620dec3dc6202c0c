"""call.keys: a call without `name` and `arguments`."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.json_text import decode, kind_of
from toolcall_data.conversation.model import JSON, Call, Conversation
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
        return call.error.detail if call.error.kind in ("keys", "not_object") else ""
    return "" if call.name else "the name of the call is empty or no string"


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
