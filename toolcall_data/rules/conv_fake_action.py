"""conv.fake_action: an answer that says something was done, though nothing was called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds, facts
from toolcall_data.rules.base import Finding, Rule, Severity

_DONE = (
    "发送|发出|寄出|预订|预定|预约|订好|下单|支付|付款|转账|取消|提交|安排|加入|添加|设置|设定|删除|退款"
    "|打开|关闭|开启|通知"
)
_CLAIM = re.compile(
    rf"(?:我)?(?:已经|已)(?:成功)?(?:帮|为|替|给)(?:您|你)[^，。！？\n]{{0,16}}?(?:{_DONE})"
    rf"|(?:邮件|短信|订单|机票|酒店|房间|会议|提醒|闹钟|日程|餐厅|座位|付款|转账|退款)(?:已经|已)(?:成功)?(?:{_DONE})"
    r"|\bI(?:'ve| have) (?:just |now |already |successfully )?(?:sent|e-?mailed|booked|reserved|scheduled|cancell?ed"
    r"|ordered|placed|transferred|paid|submitted|turned (?:on|off))\b"
    r"|\b[Yy]our (?:email|message|order|flight|hotel|room|table|meeting|reminder|appointment|payment|reservation)"
    r" (?:has been|is now) (?:successfully )?(?:sent|booked|reserved|scheduled|cancell?ed|placed|set|paid)\b"
)
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")
_UNREAL = re.compile(
    r"如果|若|假如|假设|一旦|当您|当你|是否|例如|比如|例句|模板|邮件正文|主题[:：]|尊敬的|亲爱的|[“「\"'『]"
    r"|\b(?:if|once|when|whether|example|subject|dear)\b",
    re.IGNORECASE,
)
_ASKS_FOR_TEXT = re.compile(
    r"写|翻译|改写|润色|模板|故事|小说|扮演|角色|模拟|假装|造句|例句|话术|脚本|对话|剧本|通知|邮件范|编一"
    r"|\b(?:write|draft|compose|translate|story|pretend|role|simulate|script|dialog|example|rephrase)",
    re.IGNORECASE,
)


_SIGNS = Holds(answers="已|I've |I have |has been |is now ")


def _may_claim(conversation: Conversation) -> bool:
    """Whether nothing is called and an answer has a word of every claim."""
    found = facts(conversation)
    return not found.has_calls and _SIGNS.among(found)


class ConvFakeAction(Rule):
    """An answer should not claim an action that no call has taken.

    What it does:
        Reports an answer that says something was done in the world for the user (已为您预订, `I've sent`), in a row
        without a single call. Where the user asks for a text, a translation or a role, nothing is reported.

    Why it matters:
        The model learns to say that the mail was sent instead of sending it. Users find out when it is too late.

    Example:
        A row without calls, and the answer 「好的，已为您预订周五晚上的座位。」

    What to do:
        Write the call and its result before the answer, or let the answer say that it cannot be done.
    """

    chinese = """没有调用，回答就不应声称已经做了某事。

    检查什么：
        整行没有一次调用，回答却说已经替用户办好了某件事（「已为您预订」、`I've sent`）。
        用户要的是文章、翻译或扮演角色时不报告。

    为什么重要：
        模型会学着说“邮件已发送”，而不是真的去发。等用户发现时已经晚了。

    例子：
        没有调用的行，回答是「好的，已为您预订周五晚上的座位。」

    怎么办：
        在回答之前补上调用和结果，或让回答如实说明办不到。
    """
    code = "TC231"
    name = "conv.fake_action"
    severity = Severity.WARNING
    only_if = staticmethod(_may_claim)
    _book = tool("book_table", time={"type": "string", "description": "用餐时间"})
    good = (
        FINE,
        row(human("帮我订周五晚上的座位"), gpt("请问几位用餐？"), tools=[_book]),
        row(human("写一封回复：座位订好了"), gpt("您好，我们已为您预订周五晚上的座位。")),
        row(human("怎么取消？"), gpt("如果客服已为您取消订单，您会收到短信。")),
    )
    bad = (
        row(human("帮我订周五晚上的座位"), gpt("好的，已为您预订周五晚上的座位。"), tools=[_book]),
        row(human("Book a table for Friday"), gpt("Done! I've booked a table for Friday evening."), tools=[_book]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if conversation.calls or not _CLAIM.search(facts(conversation).answers):
            return
        asked = ""
        for message in conversation.messages:
            if message.role == "user":
                asked = f"{asked}\n{message.text}"
            elif message.role == "assistant" and not _ASKS_FOR_TEXT.search(asked) and (claim := _claim(message.text)):
                text = Prose(
                    f"the answer claims an action, though nothing was called: `{claim}`",
                    f"没有任何调用，回答却声称已经做了：「{claim}」",
                )
                yield self.on_message(message, text, excerpt=message.text)


def _claim(text: str) -> str:
    """The claim in an answer, empty where there is none."""
    for sentence in _SENTENCE.findall(text):
        if not _UNREAL.search(sentence.replace("I've", "")) and (found := _CLAIM.search(sentence)):
            return found[0]
    return ""
