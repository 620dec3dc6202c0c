"""conv.obs_without_call: a result that no call asked for."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import a_message, has_calls
from toolcall_data.rules.base import Finding, Rule


class ConvObsWithoutCall(Rule):
    """A result must follow a call.

    What it does:
        Reports a result whose message before it is no call turn. Often the call is there as prose: a translation or
        a clean-up turned `<functioncall> {...}` into an ordinary answer.

    Why it matters:
        LLaMA-Factory accepts the row. The model learns to write the call as prose and then to be handed a result.

    Example:
        gpt `AI 计算折扣: {"原价": 200}`, then observation `{"折后价": 160}`.

    What to do:
        Restore the call as a function_call turn, or delete the row.
    """

    chinese = """结果必须跟在调用后面。

    检查什么：
        结果前面的消息不是调用轮。调用往往还在，只是成了普通文字：翻译或清洗把 `<functioncall> {...}` 变成了回答。

    为什么重要：
        LLaMA-Factory 会接受这样的行。模型学到的是把调用写成文字，然后就有人递来结果。

    例子：
        gpt `AI 计算折扣: {"原价": 200}`，后面是 observation `{"折后价": 160}`。

    怎么办：
        把调用恢复成 function_call 轮，或删除该行。
    """
    code = "TC210"
    name = "conv.obs_without_call"
    only_if = staticmethod(is_irregular)
    good = (FINE,)
    bad = (
        row(human("北京天气？"), gpt('AI 查询天气: {"城市": "北京"}'), observation({"text": "晴"}), gpt("晴。")),
        row(human("北京天气？"), observation({"text": "晴"}), gpt("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        before = None
        for message in conversation.messages:
            if message.role == "tool" and before is not None and _is_no_call(before):
                follows = a_message(before)
                text = Prose(
                    f"a result follows {follows}: there is no call it answers",
                    f"结果跟在{follows.zh}后面：没有它所对应的调用",
                )
                yield self.on_message(message, text, role=True)
            before = message


def _is_no_call(message: AnyMessage) -> bool:
    return message.role not in ("tool", "malformed") and not has_calls(message)
