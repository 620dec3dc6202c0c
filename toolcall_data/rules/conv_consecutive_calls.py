"""conv.consecutive_calls: two call turns in a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten, with_messages
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvConsecutiveCalls(Rule):
    """Calls of one step must stand in one message.

    What it does:
        Reports a call turn directly after another one.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag`: a step of the model is one message, and parallel
        calls are a JSON list in it.

    Example:
        function_call 北京, function_call 上海, observation, gpt.

    What to do:
        Write the calls as one list (the fix does), or put each call's result after it.
    """

    chinese = """同一步的调用必须写在一条消息里。

    检查什么：
        一个调用轮后面紧接着另一个调用轮。

    为什么重要：
        LLaMA-Factory 以 `Invalid role tag` 丢弃整行：模型的一步就是一条消息，并行调用写成其中的 JSON 列表。

    例子：
        function_call 北京、function_call 上海、observation、gpt。

    怎么办：
        把调用写成一个列表（自动修复会这样做），或在每个调用后面放上它的结果。
    """
    code = "TC208"
    name = "conv.consecutive_calls"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
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
            call("get_weather", city="上海"),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("北京晴，上海雨。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for before, after in pairwise(conversation.messages):
            if before.role == "assistant" and after.role == "assistant" and before.calls and after.calls:
                text = Prose("a call message follows a call message", "调用消息后面又是调用消息")
                yield self.on_message(after, text, role=True, mends=_joins(before, after))

    def fix(self, conversation: Conversation) -> Conversation:
        messages: list[AnyMessage] = []
        for message in conversation.messages:
            last = messages[-1] if messages else None
            if message.role == "assistant" and isinstance(last, Assistant) and _joins(last, message):
                joined = last.model_copy(update={"calls": (*last.calls, *message.calls)})
                messages[-1] = rewritten(joined)
            else:
                messages.append(message)
        return with_messages(conversation, messages) if len(messages) < len(conversation.messages) else conversation


def _joins(before: Assistant, after: Assistant) -> bool:
    if not before.calls or not after.calls or any(call.error for call in (*before.calls, *after.calls)):
        return False
    return not after.text and after.thinking is None and not after.extra and before.weight == after.weight
