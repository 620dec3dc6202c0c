"""call.empty_list: a call turn without a call."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
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

    chinese = """调用轮里必须有调用。

    检查什么：
        调用轮的值是 `[]`。

    为什么重要：
        LLaMA-Factory 会训练模型什么也不回答；在 `glm4` 模板下任务以 `IndexError` 中断。

    例子：
        `{"from": "function_call", "value": "[]"}`

    怎么办：
        写上调用，或删掉这一轮和它的结果。
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
                yield self.found(Prose("the list of calls is empty", "调用列表是空的"), at=call.at, excerpt=call.raw)
