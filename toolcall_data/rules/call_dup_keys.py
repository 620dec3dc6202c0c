"""call.dup_keys: a key that stands twice."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, step
from toolcall_data.rules._guards import has_odd_call
from toolcall_data.rules.base import Finding, Rule


class CallDupKeys(Rule):
    """No key may stand twice in one object of a call.

    What it does:
        Reports a call in whose JSON an object has the same key twice.

    Why it matters:
        LLaMA-Factory keeps the last one without a word: in the example the model learns 上海.

    Example:
        `{"name": "get_weather", "arguments": {"city": "北京", "city": "上海"}}`

    What to do:
        Keep the right one; two values usually mean a list, or two calls.
    """

    chinese = """调用里的同一个对象不能有重复的键。

    检查什么：
        调用的 JSON 里，某个对象的同一个键出现了两次。

    为什么重要：
        LLaMA-Factory 只保留最后一个，不给任何提示：例子里模型学到的是上海。

    例子：
        `{"name": "get_weather", "arguments": {"city": "北京", "city": "上海"}}`

    怎么办：
        留下正确的那个；两个值往往本该是列表，或两次调用。
    """
    code = "TC407"
    name = "call.dup_keys"
    only_if = staticmethod(has_odd_call)
    looks_at = "calls"
    good = (FINE,)
    bad = (step(call_text('{"name": "get_weather", "arguments": {"city": "北京", "city": "上海"}}')),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        told: set[str] = set()
        for call in conversation.calls:
            if call.duplicate_keys and call.at not in told:
                told.add(call.at)
                keys = ", ".join(f"`{key}`" for key in dict.fromkeys(call.duplicate_keys))
                text = Prose(f"{keys} stands more than once in one object", f"同一个对象里 {keys} 出现了不止一次")
                yield self.on_call(conversation, call, text)
