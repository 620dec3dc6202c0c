"""obs.order_or_id: a result that belongs to no call of its step."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.model import Conversation, Result
from toolcall_data.rules._examples import FINE, messages, said, tool_calls, tool_result
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule


class ObsOrderOrId(Rule):
    """A result must name a call of its step.

    What it does:
        Reports a result whose `tool_call_id` no call of the step before it has, one whose id another result has
        already, and one whose `name` is not that of its call. Results in another order than the calls are fine as long
        as their ids fit.

    Why it matters:
        LLaMA-Factory ignores ids and takes results in the order they stand: a result with a wrong id is read as that
        of another call. OpenAI's own API refuses such messages.

    Example:
        A call with the id `call_1`, then a result with `"tool_call_id": "call_7"`.

    What to do:
        Find out which call the result belongs to and correct the id, or delete the row.
    """

    code = "TC502"
    name = "obs.order_or_id"
    looks_at = "calls"
    good = (
        FINE,
        messages(
            tool_calls(a="北京", b="上海"), tool_result("b", "雨"), tool_result("a", "晴"), said("北京晴，上海雨。")
        ),
    )
    bad = (
        messages(tool_calls(a="北京"), tool_result("z", "晴"), said("晴。")),
        messages(tool_calls(a="北京", b="上海"), tool_result("a", "晴"), tool_result("a", "雨"), said("好。")),
        messages(tool_calls(a="北京"), {**tool_result("a", "晴"), "name": "get_time"}, said("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for step in steps(conversation):
            if any(result.call_id is not None or result.name is not None for result in step.results):
                yield from self._judge(step)

    def _judge(self, step: Step) -> Iterator[Finding]:
        names = {call.id: call.name for call in step.message.calls if call.id is not None}
        every = {call.name for call in step.message.calls}
        seen: set[str] = set()
        for result in step.results:
            found = result.call_id
            if found is not None and names and found not in names:
                yield self._on(result, f"no call of the step has the id `{found}`", f"its calls: {', '.join(names)}")
            elif found is not None and found in seen:
                yield self._on(result, f"another result has the id `{found}` already", "")
            elif result.name is not None and result.name not in ({names[found]} if found in names else every):
                yield self._on(result, f"the result is named `{result.name}`, as its call is not", "")
            if found is not None:
                seen.add(found)

    def _on(self, result: Result, text: str, hint: str) -> Finding:
        return self.on_message(result, text, hint=hint, role=True)
