"""call.not_json: a call that is no JSON."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules.base import Finding, Rule


class CallNotJson(Rule):
    """A call must be written as JSON.

    What it does:
        Reports a call whose text, or whose arguments string, Python's JSON parser refuses: single quotes, a code
        fence, words before the object, a trailing comma, a cut-off end, or half of a surrogate pair.

    Why it matters:
        LLaMA-Factory raises `Invalid JSON format in function message` when tokenising reaches the row, and the whole
        job ends there, without naming the row.

    Example:
        `{'name': 'get_weather', 'arguments': {'city': '北京'}}` uses single quotes.

    What to do:
        Write the call as one JSON object with `name` and `arguments`, or a list of them.
    """

    code = "TC401"
    name = "call.not_json"
    looks_at = "calls"
    good = (
        row(
            human("北京天气？"),
            call_text('{"name": "get_weather", "arguments": {"city": "北京"}}'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            call_text("{'name': 'get_weather', 'arguments': {'city': '北京'}}"),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
        row(
            human("北京天气？"),
            call_text('好的，我来查。{"name": "get_weather", "arguments": {"city": "北京"}}'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if call.error is not None and call.error.kind == "not_json":
                yield self.found(f"the call is no JSON: {call.error.detail}", at=call.at, excerpt=call.raw)
