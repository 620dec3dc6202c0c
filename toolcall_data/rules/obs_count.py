"""obs.count: more or fewer results than calls."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE, messages, said, tool_calls, tool_result
from toolcall_data.rules._turns import JOINS_RESULTS, steps
from toolcall_data.rules.base import Finding, Rule


class ObsCount(Rule):
    """A step must have as many results as calls.

    What it does:
        Reports a step of OpenAI messages whose number of result messages is not its number of calls. One message with
        a JSON list of all results is fine. Sharegpt rows hold all results in one message and are not judged.

    Why it matters:
        LLaMA-Factory joins whatever results it finds: the model reads one result for two calls, or answers to calls it
        never made. OpenAI's own API refuses such messages.

    Example:
        Two `tool_calls`, then one `tool` message.

    What to do:
        Add the missing result, or delete the call without one.
    """

    code = "TC501"
    name = "obs.count"
    looks_at = "calls"
    good = (
        FINE,
        messages(
            tool_calls(a="北京", b="上海"), tool_result("a", "晴"), tool_result("b", "雨"), said("北京晴，上海雨。")
        ),
        messages(tool_calls(a="北京", b="上海"), tool_result("a", '["晴", "雨"]'), said("北京晴，上海雨。")),
    )
    bad = (
        messages(tool_calls(a="北京", b="上海"), tool_result("a", "晴"), said("北京晴。")),
        messages(tool_calls(a="北京"), tool_result("a", "晴"), tool_result("a", "25 度"), said("晴，25 度。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if conversation.origin.format in JOINS_RESULTS:
            return
        for step in steps(conversation):
            wanted, given = len(step.message.calls), len(step.results)
            if given in (0, wanted) or (given == 1 and _holds(step.results[0].content, wanted)):
                continue
            text = f"{_counted(wanted, 'call')}, but {_counted(given, 'result')}"
            yield self.on_message(step.results[0], text, role=True)


def _holds(content: str, count: int) -> bool:
    found = decode(content).value
    return isinstance(found, list) and len(found) == count


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
