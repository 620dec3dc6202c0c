"""call.parallel_missing: calls one after the other that could have been made side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._results import leaves, results
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules._turns import steps
from toolcall_data.rules.base import Finding, Rule, Severity


class CallParallelMissing(Rule):
    """A statistic: calls made one after the other though nothing in the second waits for the first.

    What it does:
        Counts a step that calls the tool of the step before it once more, with other arguments, every one of which
        was said before the first step. A first call that failed is no such case. The rule runs only when it is named.

    Why it matters:
        A set meant to teach parallel calls teaches the opposite with such rows; a set for models that make one call at
        a time wants them so.

    Example:
        「北京和上海天气？」, then a step for 北京 and another for 上海.

    What to do:
        Join the two steps into a list of calls, if the model is to make parallel calls.
    """

    chinese = """统计：后一个调用并不依赖前一个，却分两步做的情况。

    检查什么：
        数出这样的步骤：与上一步调用同一个工具、参数不同，而所有参数在上一步之前就已经说过。上一步失败的不算。
        只有点名才运行本规则。

    为什么重要：
        想教并行调用的数据集，这种行教的正好相反；一次只调用一个的模型则正需要它。

    例子：
        「北京和上海天气？」，先一步查北京，再一步查上海。

    怎么办：
        如果希望模型并行调用，把两步合成一个调用列表。
    """
    code = "TC430"
    name = "call.parallel_missing"
    severity = Severity.INFO
    looks_at = "calls"
    good = (
        row(
            human("北京和上海天气？"),
            calls(call("get_weather", city="北京"), call("get_weather", city="上海")),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("北京晴，上海雨。"),
        ),
    )
    bad = (
        row(
            human("北京和上海天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            call("get_weather", city="上海"),
            observation({"text": "雨"}),
            gpt("北京晴，上海雨。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if len(conversation.calls) < 2:
            return
        failed = {found.index for found in results(conversation) if found.is_error}
        for first, second in pairwise(steps(conversation)):
            after = first.index + 1 + len(first.results)
            if second.index != after or any(first.index < index < after for index in failed):
                continue
            said = spoken(conversation).before(first.index)
            names = {call.name for call in first.message.calls}
            given = [call.arguments for call in first.message.calls]
            for found in second.message.calls:
                if found.name in names and found.arguments not in given and _is_told(found, said):
                    text = f"`{found.name}` could have been called together with the step before"
                    chinese = f"`{found.name}` 本可以与上一步的调用并行"
                    yield self.on_call(conversation, found, Prose(text, chinese))


def _is_told(call: Call, said: str) -> bool:
    """Whether every argument of a call was said."""
    values = [str(value).lower() for value in leaves(call.arguments) if not isinstance(value, bool)]
    return bool(values) and all(value in said for value in values)
