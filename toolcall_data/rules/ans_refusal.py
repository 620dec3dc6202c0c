"""ans.refusal: the model says that it cannot do it."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._refusals import declines
from toolcall_data.rules.base import Finding, Rule, Severity


class AnsRefusal(Rule):
    """A statistic: answers that decline.

    What it does:
        Counts answers whose first words say that the model cannot do what was asked. The rule runs only when it is
        named; it goes by wording, so a translation or a quotation of a refusal counts too.

    Why it matters:
        A set needs some rows in which no tool fits and the model says so. Too many teach it to decline what it could
        do.

    Example:
        「很抱歉，我无法为您预订机票。」

    What to do:
        Look at the share. Five to ten percent among rows with tools is usual.
    """

    chinese = """统计：表示办不到的回答。

    检查什么：
        数出开头就说办不到的回答。只有点名才运行本规则；它只看措辞，所以翻译或引用别人的拒绝也会被数进去。

    为什么重要：
        数据集需要一些没有合适工具、模型如实说明的行；太多则会教模型把能做的也推掉。

    例子：
        「很抱歉，我无法为您预订机票。」

    怎么办：
        看看占比。在带工具的行里，百分之五到十比较常见。
    """
    code = "TC605"
    name = "ans.refusal"
    severity = Severity.INFO
    good = (FINE,)
    bad = (row(human("帮我订一张去拉萨的机票。"), gpt("很抱歉，我无法为您预订机票，目前只能查询天气。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "assistant" and not message.calls and declines(message.text):
                yield self.on_message(message, Prose("the answer declines", "回答表示办不到"))
