"""conv.alternation: two messages of one side in a row."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import a_message, has_calls, neighbours
from toolcall_data.rules.base import Finding, Rule


class ConvAlternation(Rule):
    """User and model must take turns.

    What it does:
        Reports the first message that stands where the other side should speak: users and results come first, third,
        fifth; answers and calls second, fourth, sixth. Two calls, two results, a call without result and a result
        without call have rules of their own and are not reported here.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag` and prints it without a row number.

    Example:
        An answer `我来查一下。` as one turn and the call as the next: both are the model's.

    What to do:
        Merge the two messages into one; text before a call goes into the call turn, as
        `text<tool_call>JSON</tool_call>`.
    """

    code = "TC203"
    name = "conv.alternation"
    only_if = staticmethod(is_irregular)
    requires = frozenset({"conv.unknown_role", "conv.system_not_first"})
    good = (FINE, chat(human("你好"), gpt("你好！"), human("再见"), gpt("再见！")))
    bad = (
        chat(human("你好"), human("在吗？"), gpt("在。")),
        chat(human("你好"), gpt("你好！"), gpt("有什么事？")),
        row(
            human("北京天气？"),
            gpt("我来查一下。"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
        row(
            human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), human("谢谢"), gpt("好")
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for before, after in neighbours(conversation):
            if before.side is None or after.side is None:
                return
            if before.side == after.side and not _has_own_rule(before, after):
                text = f"{a_message(after)} follows {a_message(before)}: the other side should speak"
                yield self.on_message(after, text, role=True)
                return


def _has_own_rule(before: AnyMessage, after: AnyMessage) -> bool:
    if after.role == "tool":
        return True
    return has_calls(before) and after.role == "assistant"
