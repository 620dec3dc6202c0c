"""call.args_null: arguments that are null."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, tool
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallArgsNull(Rule):
    """The arguments of a call without arguments must be `{}`.

    What it does:
        Reports `"arguments": null`.

    Why it matters:
        LLaMA-Factory trains `null` under qwen3; five templates end the job with `'NoneType' object has no attribute
        'items'`.

    Example:
        `{"name": "now", "arguments": null}`

    What to do:
        Write `{}` (the fix does).
    """

    code = "TC404"
    name = "call.args_null"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    applicability = "safe"
    good = (FINE,)
    bad = (step(call_text('{"name": "now", "arguments": null}'), tools=[tool("now")]),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if call.error is None and call.arguments is None:
                yield self.on_call(conversation, call, "the arguments are null")

    def fix(self, conversation: Conversation) -> Conversation:
        return with_calls(conversation, _mended)


def _mended(call: Call) -> Call:
    if call.error is not None or call.arguments is not None:
        return call
    return call.model_copy(update={"arguments": {}})
