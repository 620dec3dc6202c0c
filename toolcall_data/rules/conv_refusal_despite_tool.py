"""conv.refusal_despite_tool: the model declines what a tool of the row does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._refusals import declines
from toolcall_data.rules.base import Finding, Rule, Severity

_DECLINES = Holds(
    answers="抱歉|对不起|不好意思|遗憾|无法|不能|作为一|sorry|apologi|nfortunately|can|unable",
)
_HAS_A_REASON = re.compile(
    r"仅限|只能|仅能|限于|超出|范围|请(?:您|你)?(?:先)?(?:提供|告诉|补充|确认)|需要(?:您|你)|缺少|失败|出错|违法|隐私|安全|伤害|政策|权限"
    r"|\b(?:only|limited|beyond|provide|need|missing|failed|error|illegal|harm\w*|privacy|policy|permission)\b",
    re.IGNORECASE,
)
_ACTS = {
    "update": re.compile(r"更新|修改|更改|改成|\b(?:update|change|edit)", re.IGNORECASE),
    "delete": re.compile(r"删除|清空|\b(?:delete|remove)", re.IGNORECASE),
    "send": re.compile(r"发送|发给|发到|寄|转发|\b(?:send|e?mail|forward)", re.IGNORECASE),
    "book": re.compile(
        r"预订|预定|预约|订购|订[一张个份]|购买|下单|点餐|\b(?:book|order|buy|reserve|purchase)", re.IGNORECASE
    ),
    "cancel": re.compile(r"取消|退订|退款|\b(?:cancel|refund)", re.IGNORECASE),
    "pay": re.compile(r"支付|付款|转账|\b(?:pay|transfer)", re.IGNORECASE),
}
"""Doing something: a tool that does something else does not fit, whatever it is about."""
_COMMON = re.compile(
    "查询|获取|搜索|计算|生成|创建|转换|提供|信息|功能|进行|根据|指定|特定|给定|用户|一个|一下|可以|帮我|帮您|怎么|什么|多少"
    "|需要|我的|你的|您的|相关|数据|服务|结果|当前|现在|今天|系统|外部|任务|执行|能力|无法|抱歉|目前|帮助|这个|查看|请求|使用"
    "|内容|名称|直接|实时|最新|情况|问题"
)
"""Words of nearly every request and tool: what is left between them may be a subject."""
_COMMON_ENGLISH = re.compile(
    r"(?:with|from|that|this|your|have|what|please|could|would|tell|give|find|search|need|help|want|information|based"
    r"|given|user|provide|calculate|generate|create|check|current|currently|able|sorry|unable|cannot|about|some|data"
    r"|using|into|does|make|show|list|look|know|like|there|access|perform|real|time|today|between|specific)s?"
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]{4,}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\W]+")
_FIRST = 160


class ConvRefusalDespiteTool(Rule):
    """The model should not decline what one of its tools does.

    What it does:
        Reports an answer that declines although a tool is offered for it: one subject, such as 天气, stands in what
        the user asks for, in what the answer says it cannot do, and in the tool's name or description, and user and
        tool do the same (to look weather up is not to cancel it). Refusals that name a limit, ask for something or
        follow a call are fine. The rule goes by words: read its findings before acting on them.

    Why it matters:
        The model learns to decline instead of calling. It is the commonest fault of sets whose refusals were written
        by a program.

    Example:
        `get_weather` is offered, the user asks for 北京天气, and the answer is 「抱歉，我无法查询天气。」

    What to do:
        Write the call, its result and the answer; or take the tool out of the row.
    """

    chinese = """工具能做的事，模型不应推掉。

    检查什么：
        明明提供了工具，回答却说办不到：同一个主题（如“天气”）既在用户的要求里，又在回答声称做不到的事里，
        还在工具的名称或描述里，并且用户与工具要做的是同一类事（查天气不等于取消天气）。
        说明了限制、追问信息、或调用之后的拒绝不算。本规则只看词语，处理前请先读一读。

    为什么重要：
        模型会学着推辞而不调用。由程序批量写出拒绝的数据集，最常见的就是这种毛病。

    例子：
        提供了 `get_weather`，用户问北京天气，回答却是「抱歉，我无法查询天气。」

    怎么办：
        补写调用、结果和回答；或把这个工具从该行拿掉。
    """
    code = "TC230"
    name = "conv.refusal_despite_tool"
    severity = Severity.WARNING
    only_if = staticmethod(_DECLINES)
    _password = tool("generate_password", length={"type": "integer", "description": "密码长度"})
    good = (
        FINE,
        row(human("帮我订一张去北京的机票"), gpt("抱歉，我无法预订机票。")),
        row(human("帮我更新邮箱的密码"), gpt("抱歉，我无法更新邮箱的密码。"), tools=[_password]),
        row(human("北京下个月的天气？"), gpt("抱歉，我无法查询下个月的天气，只能查询 15 天以内的。")),
    )
    bad = (
        row(human("北京今天天气怎么样？"), gpt("抱歉，我无法查询实时天气。")),
        row(
            human("What is the exchange rate of the dollar?"),
            gpt("I'm sorry, I can't look up exchange rates."),
            tools=[tool("get_exchange_rate", currency={"type": "string", "description": "Currency code"})],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        asked, has_called = "", False
        for message in conversation.messages:
            if message.role == "user":
                asked, has_called = message.text, False
            elif message.role == "assistant" and message.calls:
                has_called = True
            elif (
                message.role == "assistant"
                and not has_called
                and (found := _declined(asked, message.text, conversation))
            ):
                name, subject = found
                text = f"the answer declines, though `{name}` is about what is asked for ({subject})"
                chinese = f"回答表示办不到，而 `{name}` 正是做这件事的（{subject}）"
                yield self.on_message(message, Prose(text, chinese), excerpt=message.text)


def _declined(asked: str, answer: str, conversation: Conversation) -> tuple[str, str] | None:
    """The tool that does what an answer declines, and the subject that all three share."""
    refusal = answer[:_FIRST]
    if not asked or not declines(answer) or _HAS_A_REASON.search(refusal):
        return None
    shared, wanted = _subjects(asked) & _subjects(refusal), _acts(asked)
    for offered in conversation.tools if shared else ():
        about = f"{_CAMEL.sub(' ', offered.name or '')} {(offered.description or '')[:200]}"
        if (common := shared & _subjects(about)) and (not wanted or wanted & _acts(about)):
            return offered.name or "?", min(common)
    return None


@lru_cache(maxsize=256)
def _subjects(text: str) -> frozenset[str]:
    """Pairs of Chinese characters and English words (their plural aside) that may name what a text is about."""
    pairs = {run[at : at + 2] for run in _HAN.findall(_COMMON.sub(" ", text)) for at in range(len(run) - 1)}
    words = {word.removesuffix("s") for word in _LATIN.findall(text.lower()) if not _COMMON_ENGLISH.fullmatch(word)}
    return frozenset(pairs | words)


def _acts(text: str) -> set[str]:
    return {name for name, words in _ACTS.items() if words.search(text)}
