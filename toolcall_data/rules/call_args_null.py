"""call.args_null: arguments that are null."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, tool
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallArgsNull(Rule):
    """The arguments of a call without arguments must be `{}`.

    What it does:
        Reports `"arguments": null`.

    Why it matters:
        LLaMA-Factory trains `null` under qwen3; five templates end the job with `'NoneType' object has no attribute
        'items'`.

    Example:
        `{"name": "now", "arguments": null}`

    What to do:
        Write `{}` (the fix does).
    """

    chinese = """没有参数的调用，参数必须写成 `{}`。

    检查什么：
        参数写成了 `"arguments": null`。

    为什么重要：
        在 qwen3 模板下 LLaMA-Factory 会训练 `null`；
        另有五个模板会以 `'NoneType' object has no attribute 'items'` 中断任务。

    例子：
        `{"name": "now", "arguments": null}`

    怎么办：
        写成 `{}`（自动修复会这样做）。
    """
    code = "TC404"
    name = "call.args_null"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    applicability = "safe"
    good = (FINE,)
    bad = (step(call_text('{"name": "now", "arguments": null}'), tools=[tool("now")]),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if call.error is None and call.arguments is None:
                yield self.on_call(conversation, call, Prose("the arguments are null", "参数是 null"))

    def fix(self, conversation: Conversation) -> Conversation:
        return with_calls(conversation, _mended)


def _mended(call: Call) -> Call:
    if call.error is not None or call.arguments is not None:
        return call
    return call.model_copy(update={"arguments": {}})
