"""ans.asks_for_given: a question for what the user has said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule, Severity

_MAIL = tool("send_email", to={"type": "string"}, body={"type": "string"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """Something with a form of its own: how it is asked for, and what it looks like."""

    name: Prose
    wanted: re.Pattern[str]
    given: re.Pattern[str]


_KINDS = (
    _Kind(
        Prose("an e-mail address", "电子邮箱"),
        re.compile(r"邮箱|电子邮件地址|邮件地址|\be-?mail(?: address)?\b", re.IGNORECASE),
        re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}", re.ASCII),
    ),
    _Kind(
        Prose("a web address", "网址"),
        re.compile(r"网址|链接|\burls?\b", re.IGNORECASE),
        re.compile(r"(?:https?://|www\.)[\w-]{2,}", re.ASCII),
    ),
    _Kind(
        Prose("a telephone number", "电话号码"),
        re.compile(r"手机号|电话号码|联系电话|\bphone number\b", re.IGNORECASE),
        re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|\+\d{1,3}[ -]?\d{6,12}", re.ASCII),
    ),
    _Kind(
        Prose("an order number", "订单号"),
        re.compile(r"订单号|订单编号|\border (?:number|id)\b", re.IGNORECASE),
        re.compile(
            r"(?:订单号?(?:是|为|：|:)?\s*|\border (?:number |id |no\. ?|#)?(?:is )?)[A-Za-z]{0,4}-?\d{4,}",
            re.IGNORECASE,
        ),
    ),
)
_ASKS = re.compile(
    r"请(?:您|你)?(?:再)?(?:提供|告诉|告知|输入|说明|给出)|(?:能|可以)(?:否)?(?:请)?(?:提供|告诉|告知)|(?:是|叫)(?:什么|多少)"
    r"|\b(?:could you|can you|may i|please|what(?:'s| is))\b",
    re.IGNORECASE,
)
_MAY_ASK = Holds(
    answers=r"提供|告诉|告知|输入|说明|给出|什么|多少"
    r"|y[oO][uU]|Y[oO][uU]|m[aA][yY] |M[aA][yY] |w[hH][aA][tT]|W[hH][aA][tT]|p[lL][eE][aA]|P[lL][eE][aA]"
)
_AGAIN = re.compile(
    r"不正确|无效|有误|错误|不存在|找不到|没有找到|没找到|未找到|核对|确认|检查|重新|另一|其他|新的|收件人|对方|他的|她的|哪(?:个|一)|还是"
    r"|\b(?:invalid|incorrect|not found|couldn't find|check|confirm|verify|again|another|different|new|recipient"
    r"|their|his|her|which)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")


class AnsAsksForGiven(Rule):
    """The model should not ask for what the user has said.

    What it does:
        Reports a question for an e-mail address, a web address, a telephone number or an order number, though exactly
        one such value stands in the user's messages before it. Questions that confirm or correct one, or ask for
        somebody else's, are fine.

    Why it matters:
        The model learns to overlook what it reads, and to put a question where a call should be.

    Example:
        「把周报发到 lin@example.com」, and the answer 「请提供收件邮箱。」

    What to do:
        Replace the question by the call, or take the value out of the user's message.
    """

    chinese = """用户已经说过的，模型不应再问。

    检查什么：
        模型询问邮箱、网址、电话号码或订单号，而用户前面的消息里恰好已有一个。核对、更正或询问他人信息的问题没有问题。

    为什么重要：
        模型会学着忽略读到的内容，在该调用的地方反而提问。

    例子：
        用户说「把周报发到 lin@example.com」，回答却是「请提供您的邮箱。」

    怎么办：
        把提问改成调用，或从用户消息里去掉这个值。
    """
    code = "TC606"
    name = "ans.asks_for_given"
    severity = Severity.WARNING
    only_if = staticmethod(_MAY_ASK)
    good = (
        FINE,
        row(human("把周报发给林经理。"), gpt("请提供林经理的邮箱。"), tools=[_MAIL]),
        row(human("把周报发到 lin@example。"), gpt("这个邮箱不完整，请重新提供邮箱。"), tools=[_MAIL]),
    )
    bad = (
        row(human("把周报发到 lin@example.com，正文写已完成。"), gpt("好的，请提供您要发送到的邮箱。"), tools=[_MAIL]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if not conversation.tools:
            return
        said: list[str] = []
        for message in conversation.messages:
            if message.role == "user":
                said.append(message.text)
            elif message.role == "assistant" and not message.calls and said and message.text:
                for kind in _asked(message.text):
                    given = {match.group() for text in said for match in kind.given.finditer(text)}
                    if len(given) == 1:
                        value = given.pop()
                        text = f"the model asks for {kind.name}, the user gave {value}"
                        chinese = f"模型询问{kind.name.zh}，而用户已经给了 {value}"
                        yield self.on_message(message, Prose(text, chinese))


def _asked(text: str) -> list[_Kind]:
    """What an answer asks for."""
    if not _ASKS.search(text):
        return []
    asking = [each for each in _SENTENCE.findall(text) if _ASKS.search(each) and not _AGAIN.search(each)]
    return [kind for kind in _KINDS if any(kind.wanted.search(sentence) for sentence in asking)]
