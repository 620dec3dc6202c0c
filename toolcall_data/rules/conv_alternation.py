"""conv.alternation: two messages of one side in a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._merging import joined, joins
from toolcall_data.rules._turns import a_message, has_calls, neighbours
from toolcall_data.rules.base import Finding, Rule


class ConvAlternation(Rule):
    """User and model must take turns.

    What it does:
        Reports the first message that stands where the other side should speak: users and results come first, third,
        fifth; answers and calls second, fourth, sixth. Two calls, two results, a call without result, a result
        without call and a result without answer have rules of their own and are not reported here.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag` and prints it without a row number.

    Example:
        An answer `我来查一下。` as one turn and the call as the next: both are the model's.

    What to do:
        Merge the two messages into one; text before a call goes into the call turn, as
        `text<tool_call>JSON</tool_call>`.
        The fix, which is unsafe, joins questions, and an answer with what follows it.
    """

    chinese = """用户与模型必须轮流说话。

    检查什么：
        报告第一条站在对方位置上的消息：用户消息和结果在第一、三、五位，回答和调用在第二、四、六位。
        两个调用、两个结果、缺结果的调用、缺调用的结果、没有回答的结果各有自己的规则，这里不报告。

    为什么重要：
        LLaMA-Factory 以 `Invalid role tag` 丢弃整行，打印时也不给出行号。

    例子：
        回答 `我来查一下。` 是一轮，调用是下一轮：两轮都属于模型。

    怎么办：
        把两条消息合并成一条；调用前的文字写进调用轮，即 `文字<tool_call>JSON</tool_call>`。
        自动修复（不安全）会合并相邻的提问，以及回答与它后面的消息。
    """
    code = "TC203"
    name = "conv.alternation"
    applicability = "unsafe"
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
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if (found := _first(conversation)) is not None:
            before, after = found
            one, other = a_message(before), a_message(after)
            text = Prose(
                f"{other} follows {one}: the other side should speak",
                f"{one.zh}后面又是{other.zh}：应当轮到另一方",
            )
            yield self.on_message(after, text, role=True, mends=_is_mendable(conversation, before, after))

    def fix(self, conversation: Conversation) -> Conversation:
        found = _first(conversation)
        if found is None or not _is_mendable(conversation, *found):
            return conversation
        return with_messages(conversation, joined(conversation.messages))


def _is_mendable(conversation: Conversation, before: AnyMessage, after: AnyMessage) -> bool:
    return not _is_left_to_others(conversation) and _mends(conversation, before, after)


def _is_left_to_others(conversation: Conversation) -> bool:
    """Whether one of the rules that must be satisfied first has something to say: roles, or a late system message."""
    roles = [message.role for message in conversation.messages]
    lead = next((index for index, role in enumerate(roles) if role != "system"), len(roles))
    is_unknown = any(one.role == "malformed" and one.reason == "unknown_role" for one in conversation.messages)
    return is_unknown or "system" in roles[lead:]


def _first(conversation: Conversation) -> tuple[AnyMessage, AnyMessage] | None:
    """The first two messages of one side in a row that no other rule is about."""
    for before, after in neighbours(conversation):
        if before.side is None or after.side is None:
            return None
        if before.side == after.side and not _has_own_rule(before, after):
            return before, after
    return None


def _mends(conversation: Conversation, before: AnyMessage, after: AnyMessage) -> bool:
    """Whether the two can be one with no system message between them, and so can all others that follow each other."""
    stand_together = any(one is before and other is after for one, other in pairwise(conversation.messages))
    if not stand_together or not joins(before, after):
        return False
    return _first(with_messages(conversation, joined(conversation.messages))) is None


def _has_own_rule(before: AnyMessage, after: AnyMessage) -> bool:
    if after.role == "tool":
        return True
    if before.role == "tool":
        return after.role == "user"
    return has_calls(before) and after.role == "assistant"
