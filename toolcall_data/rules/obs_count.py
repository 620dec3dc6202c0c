"""obs.count: more or fewer results than calls."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, messages, said, tool_calls, tool_result
from toolcall_data.rules._guards import has_parallel_calls_or_results
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

    chinese = """一步里的结果应当与调用一样多。

    检查什么：
        OpenAI 格式的一步里，结果消息的数目与调用的数目不同。一条消息里用 JSON 列表装下所有结果没有问题。
        sharegpt 的行本来就把结果放在一条消息里，不判断。

    为什么重要：
        LLaMA-Factory 有什么结果就合并什么：模型会拿一个结果当两个调用的，或回答它没有做过的调用。
        OpenAI 自己的接口也拒绝这样的消息。

    例子：
        两个 `tool_calls`，后面只有一条 `tool` 消息。

    怎么办：
        补上缺的结果，或删掉没有结果的调用。
    """
    code = "TC501"
    name = "obs.count"
    looks_at = "calls"
    only_if = staticmethod(has_parallel_calls_or_results)
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
            text = Prose(
                f"{_counted(wanted, 'call')}, but {_counted(given, 'result')}",
                f"有 {wanted} 个调用，却有 {given} 个结果",
            )
            yield self.on_message(step.results[0], text, role=True)


def _holds(content: str, count: int) -> bool:
    found = decode(content).value
    return isinstance(found, list) and len(found) == count


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
