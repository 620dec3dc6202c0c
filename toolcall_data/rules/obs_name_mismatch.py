"""obs.name_mismatch: a result under the name of another tool."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.model import Conversation, Result
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, messages, said, tool_calls, tool_result
from toolcall_data.rules._guards import has_linked_result
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule


class ObsNameMismatch(Rule):
    """A result must have the name of its call.

    What it does:
        Reports a result whose `name` is not that of the call with its id, or, where it has no id, of no call of its
        step.

    Why it matters:
        Either the name is wrong, or the result is that of another call. LLaMA-Factory ignores both name and id and
        takes results in the order they stand, so the model reads it as the answer to the call before it.

    Example:
        A call of `get_weather`, then a result with `"name": "get_time"`.

    What to do:
        Find out which tool gave the result and correct the name, or delete the row.
    """

    chinese = """结果的名称必须与它的调用一致。

    检查什么：
        结果的 `name` 不是 id 对应的那个调用的名称；没有 id 时，不是这一步里任何调用的名称。

    为什么重要：
        要么名称写错了，要么结果属于另一个调用。LLaMA-Factory 既不看名称也不看 id，按先后取结果，
        模型会把它当成前一个调用的回答。

    例子：
        调用的是 `get_weather`，结果却写 `"name": "get_time"`。

    怎么办：
        弄清结果是哪个工具给的并改正名称，或删掉这一行。
    """
    code = "TC513"
    name = "obs.name_mismatch"
    looks_at = "calls"
    only_if = staticmethod(has_linked_result)
    good = (
        FINE,
        messages(tool_calls(a="北京"), {**tool_result("a", "晴"), "name": "get_weather"}, said("晴。")),
    )
    bad = (messages(tool_calls(a="北京"), {**tool_result("a", "晴"), "name": "get_time"}, said("晴。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for step in steps(conversation):
            names = {call.id: call.name for call in step.message.calls if call.id is not None}
            for result in step.results:
                if result.name is not None and result.name not in _fitting(result, names, step):
                    yield self.on_message(result, _said(result.name), role=True)


def _said(name: str) -> Prose:
    return Prose(f"the result is named `{name}`, as its call is not", f"结果名为 `{name}`，与它的调用不符")


def _fitting(result: Result, names: dict[str, str | None], step: Step) -> set[str | None]:
    """The names that the result may have."""
    if result.call_id in names:
        return {names[result.call_id]}
    return {call.name for call in step.message.calls}
