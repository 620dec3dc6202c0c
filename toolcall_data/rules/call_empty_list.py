"""call.empty_list: a call turn without a call."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallEmptyList(Rule):
    """A call turn must hold a call.

    What it does:
        Reports a call turn whose value is `[]`.

    Why it matters:
        LLaMA-Factory trains the model to answer with nothing; under `glm4` the job ends with an `IndexError`.

    Example:
        `{"from": "function_call", "value": "[]"}`

    What to do:
        Write the call, or delete the turn with its result.
    """

    code = "TC406"
    name = "call.empty_list"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    good = (FINE,)
    bad = (step(call_text("[]")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if call.error is not None and call.error.kind == "empty_list":
                yield self.found("the list of calls is empty", at=call.at, excerpt=call.raw)
