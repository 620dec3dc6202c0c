"""call.args_string: arguments encoded twice."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.json_text import Decoded, decode
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallArgsString(Rule):
    """The arguments of a call must be an object, not its JSON text.

    What it does:
        Reports arguments that are a string holding a JSON object, as OpenAI sends them over the wire.

    Why it matters:
        LLaMA-Factory encodes the string once more and trains `"arguments": "{\\"city\\": ...}"`, without a word; the
        model then answers with strings. `qwen3_5`, `glm4_moe` and `minimax2` end the job instead.

    Example:
        `{"name": "get_weather", "arguments": "{\\"city\\": \\"北京\\"}"}`

    What to do:
        Write the object itself (the fix does).
    """

    chinese = """调用的参数必须是对象本身，而不是它的 JSON 文本。

    检查什么：
        参数是一个装着 JSON 对象的字符串，OpenAI 在接口上就是这样传的。

    为什么重要：
        LLaMA-Factory 会再编码一次，一声不响地训练 `"arguments": "{\\"city\\": ...}"`，模型以后就会输出字符串。
        `qwen3_5`、`glm4_moe`、`minimax2` 则会中断任务。

    例子：
        `{"name": "get_weather", "arguments": "{\\"city\\": \\"北京\\"}"}`

    怎么办：
        直接写对象（自动修复会这样做）。
    """
    code = "TC405"
    name = "call.args_string"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    applicability = "safe"
    good = (FINE,)
    bad = (step(call_text('{"name": "get_weather", "arguments": "{\\"city\\": \\"北京\\"}"}')),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if _object_in(call) is not None:
                text = Prose("the arguments are a string that holds the object", "参数是装着对象的字符串")
                yield self.on_call(conversation, call, text)

    def fix(self, conversation: Conversation) -> Conversation:
        return with_calls(conversation, _mended)


def _object_in(call: Call) -> Decoded | None:
    if call.error is not None or not isinstance(call.arguments, str):
        return None
    found = decode(call.arguments)
    return found if isinstance(found.value, dict) and found.error is None else None


def _mended(call: Call) -> Call:
    found = _object_in(call)
    if found is None:
        return call
    keys = tuple(found.duplicate_keys)
    update = {"arguments": found.value, "duplicate_keys": keys, "not_finite": found.not_finite}
    return call.model_copy(update=update)
