"""conv.ends_with_obs: a row that ends on a result."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvEndsWithObs(Rule):
    """A result must be answered.

    What it does:
        Reports a row whose last message is a result.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid message count`; in OpenAI messages it loses the last results
        without a word.

    Example:
        human, function_call, observation.

    What to do:
        Write the answer, or cut the result off: a row that ends with a call is legal, and the fix makes it so.
    """

    chinese = """结果必须有回答。

    检查什么：
        最后一条消息是结果。

    为什么重要：
        LLaMA-Factory 以 `Invalid message count` 丢弃整行；OpenAI 消息里，末尾的结果会悄无声息地丢失。

    例子：
        human、function_call、observation。

    怎么办：
        补写回答，或删掉结果：以调用结尾的行是合法的，自动修复会这样改。
    """
    code = "TC213"
    name = "conv.ends_with_obs"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
    good = (FINE, row(human("北京天气？"), call("get_weather", city="北京")))
    bad = (row(human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"})),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        messages = conversation.messages
        if messages and messages[-1].role == "tool":
            mends = bool(_asked(messages))
            text = Prose("the last message is a result: nothing answers it", "最后一条消息是结果：没有回答")
            yield self.on_message(messages[-1], text, mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        left = _asked(conversation.messages)
        return with_messages(conversation, left) if left and left != conversation.messages else conversation


def _asked(messages: tuple[AnyMessage, ...]) -> tuple[AnyMessage, ...]:
    while messages and messages[-1].role == "tool":
        messages = messages[:-1]
    return messages
