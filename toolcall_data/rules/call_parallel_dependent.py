"""call.parallel_dependent: a call that needs the result of another one of its own step."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_parallel_calls
from toolcall_data.rules._results import leaves, results
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_SHORTEST = 4
_TOOLS = [
    tool("query_order", order_id={"type": "string"}),
    tool("track_parcel", tracking_no={"type": "string"}),
]


class CallParallelDependent(Rule):
    """Calls of one step should not need each other's results.

    What it does:
        Reports an argument that is said nowhere before its step but stands in the result of another call of the same
        step, which that call's own arguments do not hold. Short values and those an `enum` lists are not judged.

    Why it matters:
        All calls of a step are written before any of them is run. The model learns to write a number that it cannot
        know: it makes one up.

    Example:
        `query_order` and `track_parcel` side by side, the second with the tracking number that the first returns.

    What to do:
        Split the step: the first call and its result, then the second call.
    """

    chinese = """同一步里的调用不应互相依赖结果。

    检查什么：
        某个参数在这一步之前从未出现，却出现在同一步另一个调用的结果里，而那个调用自己的参数里并没有它。
        太短的值和 `enum` 里列出的值不判断。

    为什么重要：
        同一步的调用都是在执行之前写好的。模型会学着写出它不可能知道的编号，也就是编造。

    例子：
        `query_order` 和 `track_parcel` 并列，后者的运单号要等前者返回才知道。

    怎么办：
        拆成两步：先是第一个调用和结果，再是第二个调用。
    """
    code = "TC429"
    name = "call.parallel_dependent"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(has_parallel_calls)
    good = (
        FINE,
        row(
            human("订单DD0715发货了吗？顺便看运单SF33021到哪了。"),
            calls(call("query_order", order_id="DD0715"), call("track_parcel", tracking_no="SF33021")),
            observation([{"order_id": "DD0715", "tracking_no": "SF33021"}, {"place": "苏州"}]),
            gpt("订单DD0715的运单SF33021已到苏州。"),
            tools=list(_TOOLS),
        ),
    )
    bad = (
        row(
            human("订单DD0715的包裹到哪了？"),
            calls(call("query_order", order_id="DD0715"), call("track_parcel", tracking_no="SF33021")),
            observation([{"order_id": "DD0715", "tracking_no": "SF33021"}, {"place": "苏州"}]),
            gpt("订单DD0715的包裹已到苏州。"),
            tools=list(_TOOLS),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        crowded = {
            id(call)
            for message in conversation.messages
            if message.role == "assistant" and len(message.calls) > 1
            for call in message.calls
        }
        returned = {
            id(call): value
            for each in results(conversation)
            for call, value in zip(each.calls, each.values, strict=False)
        }
        for found in arguments(conversation):
            if id(found.call) in crowded and (source := _source(found, conversation, returned)) is not None:
                text = f"`{found.name}` is {shown(found.value)}, which only `{source.name}` of the same step returns"
                chinese = f"`{found.name}` 的值 {shown(found.value)} 要等同一步的 `{source.name}` 返回才知道"
                yield self.on_call(conversation, found.call, Prose(text, chinese), inside=found.at)


def _source(found: Argument, conversation: Conversation, returned: dict[int, object]) -> Call | None:
    """The other call of the step that alone could have told the value."""
    value = found.value
    if type(value) not in (str, int, float) or len(str(value)) < _SHORTEST or "enum" in found.schema:
        return None
    if str(value).lower() in spoken(conversation).before(found.message):
        return None
    step = conversation.messages[found.message]
    for other in step.calls if step.role == "assistant" else ():
        if other is not found.call and id(other) in returned and value in list(leaves(returned[id(other)])):
            return None if value in list(leaves(other.arguments)) else other
    return None
