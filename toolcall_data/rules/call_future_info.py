"""call.future_info: an argument that the user says only later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_ORDER = tool("query_order", order_id={"type": "string"})
_TELLING = re.compile(r"(?=.*\d)[\w.@:/+-]{4,}|.{8,}", re.DOTALL)
"""A value that nobody says by chance: four characters with a digit, or eight of any kind."""
_SHORTEST = 4
_PLAIN = frozenset({str, int, float})


def _tells_later(conversation: Conversation) -> bool:
    """Whether the user says a value after a call has given some."""
    found = facts(conversation)
    if not found.asks_after_call:
        return False
    left, given = iter(found.values), set[str]()
    for message in conversation.messages:
        if message.role == "assistant" and message.calls:
            given |= {str(value).strip().lower() for value in next(left)[1] if type(value) in _PLAIN}
        elif message.role == "user" and given:
            text = message.text.lower()
            if any(len(value) >= _SHORTEST and value in text for value in given):
                return True
    return False


class CallFutureInfo(Rule):
    """A call should not know what the user says only later.

    What it does:
        Reports an argument that is said nowhere before its call, nor by any result or answer after it, until a later
        message of the user tells it. Short values without a digit are not judged.

    Why it matters:
        The row was put together in the wrong order, or the call was written by someone who had read to the end. The
        model learns to guess what it will be told.

    Example:
        `{"order_id": "DD0715"}`, and only then the user writes 「订单号是DD0715」.

    What to do:
        Put the messages in their order, or delete the row.
    """

    chinese = """调用不应知道用户后面才说的内容。

    检查什么：
        参数的值在调用之前没有出现过，之后的结果和回答也没提过，直到用户在后面的消息里才说出来。没有数字的短值不判断。

    为什么重要：
        要么这一行的顺序排错了，要么写调用的人读过全文。模型学到的是猜测别人还没告诉它的东西。

    例子：
        先有 `{"order_id": "DD0715"}`，之后用户才写「订单号是DD0715」。

    怎么办：
        把消息排回原来的顺序，或删掉这一行。
    """
    code = "TC432"
    name = "call.future_info"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_tells_later)
    good = (FINE,)
    bad = (
        row(
            human("帮我查一下订单。"),
            call("query_order", order_id="DD0715"),
            observation({"status": "已发货"}),
            gpt("请问订单号是多少？"),
            human("订单号是DD0715。"),
            gpt("这个订单已发货。"),
            tools=[_ORDER],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        asked = [(index, each.text.lower()) for index, each in enumerate(conversation.messages) if each.role == "user"]
        for found in arguments(conversation) if len(asked) > 1 else ():
            if _is_ahead(found, conversation, asked):
                text = f"`{found.name}` is {shown(found.value)}, which the user says only later"
                chinese = f"`{found.name}` 的值 {shown(found.value)} 用户到后面才说"
                yield self.on_call(conversation, found.call, Prose(text, chinese), inside=found.at)


def _is_ahead(found: Argument, conversation: Conversation, asked: list[tuple[int, str]]) -> bool:
    if type(found.value) not in _PLAIN:
        return False
    value = str(found.value).strip().lower()
    if not _TELLING.fullmatch(value):
        return False
    told = next((index for index, text in asked if index > found.message and value in text), None)
    if told is None:
        return False
    said = spoken(conversation)
    return value not in said.before(found.message) and value not in said.between(found.message + 1, told)
