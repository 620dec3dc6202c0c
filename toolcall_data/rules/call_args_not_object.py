"""call.args_not_object: arguments that are no object."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import kind
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallArgsNotObject(Rule):
    """The arguments of a call must be an object.

    What it does:
        Reports arguments that are a list, a number, a boolean, or a string that holds no object.

    Why it matters:
        LLaMA-Factory trains a list as it stands under qwen3; under `qwen3_5`, `glm4_moe` and `minimax2` the job ends
        with `'list' object has no attribute 'items'`.

    Example:
        `{"name": "get_weather", "arguments": ["北京", 3]}`

    What to do:
        Name each argument as the tool does.
    """

    chinese = """调用的参数必须是对象。

    检查什么：
        参数是列表、数字、布尔值，或不含对象的字符串。

    为什么重要：
        在 qwen3 模板下 LLaMA-Factory 会把列表原样拿去训练；在 `qwen3_5`、`glm4_moe`、
        `minimax2` 下任务以 `'list' object has no attribute 'items'` 中断。

    例子：
        `{"name": "get_weather", "arguments": ["北京", 3]}`

    怎么办：
        按工具的声明给每个参数写上名字。
    """
    code = "TC403"
    name = "call.args_not_object"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    good = (FINE,)
    bad = (
        step(call_text('{"name": "get_weather", "arguments": ["北京", 3]}')),
        step(call_text('{"name": "get_weather", "arguments": "北京"}')),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            found = call.arguments
            if call.error is not None or isinstance(found, dict) or found is None:
                continue
            if not (isinstance(found, str) and isinstance(decode(found).value, dict)):
                yield self.on_call(conversation, call, _said(kind(found)))


def _said(found: Prose) -> Prose:
    return Prose(f"the arguments are {found}, not an object", f"参数是{found.zh}，不是对象")
