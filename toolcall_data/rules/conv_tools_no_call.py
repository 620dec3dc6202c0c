"""conv.tools_no_call: rows that offer tools and call none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import offers_tools
from toolcall_data.rules._refusals import declines
from toolcall_data.rules.base import Finding, Rule, Severity

_ASKS = re.compile(
    r"[?？]\s*$|请(?:您|你)?(?:先)?(?:提供|告诉|告知|说明|给出|补充)|\b(?:could|can|would) you\b.{0,60}\?"
)


class ConvToolsNoCall(Rule):
    """A statistic: rows that offer tools and call none.

    What it does:
        Counts such rows, by what the last answer is: a refusal (no tool fits), a question (something is missing) or a
        direct answer. The classes go by wording. The rule runs only when it is named.

    Why it matters:
        A model that has only seen calls calls always. It needs rows of all three classes; too many refusals teach it
        to decline what its tools could do.

    Example:
        A row with `get_weather`, the question 「帮我订一张机票」 and the answer 「抱歉，我只能查询天气。」

    What to do:
        Look at the shares of the three classes. Five to thirty percent of rows without a call is usual.
    """

    chinese = """统计：提供了工具却没有调用的行。

    检查什么：
        数出这样的行，并按最后一条回答分类：拒绝（没有合适的工具）、提问（缺少信息）、直接回答。
        分类只看措辞。只有点名才运行本规则。

    为什么重要：
        只见过调用的模型什么都要调用。三类行它都需要；拒绝太多，又会教它把工具能做的事也推掉。

    例子：
        提供 `get_weather` 的行，用户问「帮我订一张机票」，回答「抱歉，我只能查询天气。」

    怎么办：
        看看三类的占比。不调用的行占百分之五到三十比较常见。
    """
    code = "TC223"
    name = "conv.tools_no_call"
    severity = Severity.INFO
    only_if = staticmethod(offers_tools)
    good = (FINE,)
    bad = (
        row(human("帮我订一张机票"), gpt("抱歉，我无法订票，只能查询天气。")),
        row(human("天气怎么样？"), gpt("请问您想查哪个城市？")),
        row(human("一年有几个季度？"), gpt("四个。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if not conversation.tools or conversation.calls:
            return
        answers = [message for message in conversation.messages if message.role == "assistant"]
        if answers:
            yield self.on_message(answers[-1], _class_of(answers[-1]))


def _class_of(answer: Assistant) -> Prose:
    if declines(answer.text):
        return Prose("tools are offered, none is called: refusal", "提供了工具却没有调用：拒绝")
    if _ASKS.search(answer.text[-200:]):
        return Prose("tools are offered, none is called: question", "提供了工具却没有调用：提问")
    return Prose("tools are offered, none is called: direct answer", "提供了工具却没有调用：直接回答")
