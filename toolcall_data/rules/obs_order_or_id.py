"""obs.order_or_id: a result that belongs to no call of its step."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.model import Conversation, Result
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, messages, said, tool_calls, tool_result
from toolcall_data.rules._guards import has_linked_result
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule


class ObsOrderOrId(Rule):
    """A result must name a call of its step.

    What it does:
        Reports a result whose `tool_call_id` no call of the step before it has, and one whose id another result has
        already. Results in another order than the calls are fine as long as their ids fit. Names are left to
        obs.name_mismatch.

    Why it matters:
        LLaMA-Factory ignores ids and takes results in the order they stand: a result with a wrong id is read as that
        of another call. OpenAI's own API refuses such messages.

    Example:
        A call with the id `call_1`, then a result with `"tool_call_id": "call_7"`.

    What to do:
        Find out which call the result belongs to and correct the id, or delete the row.
    """

    chinese = """结果必须指明这一步里的调用。

    检查什么：
        结果的 `tool_call_id` 不属于前一步的任何调用，或与另一个结果的相同。
        id 对得上时，顺序不同没有问题。名称由 obs.name_mismatch 负责。

    为什么重要：
        LLaMA-Factory 不看 id，按先后取结果：id 写错的结果会被当成另一个调用的。OpenAI 自己的接口也拒绝这样的消息。

    例子：
        调用的 id 是 `call_1`，结果却写 `"tool_call_id": "call_7"`。

    怎么办：
        弄清结果属于哪个调用并改正 id，或删掉这一行。
    """
    code = "TC502"
    name = "obs.order_or_id"
    looks_at = "calls"
    only_if = staticmethod(has_linked_result)
    good = (
        FINE,
        messages(
            tool_calls(a="北京", b="上海"), tool_result("b", "雨"), tool_result("a", "晴"), said("北京晴，上海雨。")
        ),
    )
    bad = (
        messages(tool_calls(a="北京"), tool_result("z", "晴"), said("晴。")),
        messages(tool_calls(a="北京", b="上海"), tool_result("a", "晴"), tool_result("a", "雨"), said("好。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for step in steps(conversation):
            if any(result.call_id is not None for result in step.results):
                yield from self._judge(step)

    def _judge(self, step: Step) -> Iterator[Finding]:
        ids = [call.id for call in step.message.calls if call.id is not None]
        seen: set[str] = set()
        for result in step.results:
            found = result.call_id
            if found is not None and ids and found not in ids:
                listed = ", ".join(ids)
                text = Prose(f"no call of the step has the id `{found}`", f"这一步没有 id 为 `{found}` 的调用")
                yield self._on(result, text, Prose(f"its calls: {listed}", f"这一步的调用有：{listed}"))
            elif found is not None and found in seen:
                text = Prose(f"another result has the id `{found}` already", f"另一个结果已经用了 id `{found}`")
                yield self._on(result, text, "")
            if found is not None:
                seen.add(found)

    def _on(self, result: Result, text: str, hint: str) -> Finding:
        return self.on_message(result, text, hint=hint, role=True)
