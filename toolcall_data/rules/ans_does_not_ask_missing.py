"""ans.does_not_ask_missing: a call with a value that stands for not knowing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds, facts
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_MAIL = tool("send_email", ["to", "body"], to={"type": "string"}, body={"type": "string"})
_UNKNOWN = re.compile(
    r"未知|不详|未提供|未指定|未说明|用户未.{0,6}|待定|待补充|暂无|unknown|not (?:provided|specified|given|available)"
    r"|unspecified|n/?a|none|null|undefined|missing|to be (?:determined|confirmed)",
    re.IGNORECASE,
)
_CONTACTS = (
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}", re.ASCII),
    re.compile(r"(?:\+?86[ -]?)?1[3-9]\d{9}", re.ASCII),
)
"""Values that cannot be worked out, only told: an e-mail address, a mobile number."""
_MAY_BE_UNKNOWN = Holds(given=r"未|不详|待|暂无|unknown|not |unspec|n/?a|none|null|undef|missing|m\u0131ssing|to be ")


_SHORTEST = 6


def _may_be_missing(conversation: Conversation) -> bool:
    """Whether a value has a word for what is not known, or may be an address or a number that nobody said."""
    found = facts(conversation)
    if _MAY_BE_UNKNOWN.among(found) or "m" in found.order:
        return True
    return any(
        type(value) is str and len(value) >= _SHORTEST and found.talk.find(value, 0, end) < 0
        for end, values in found.values
        for value in values
    )


class AnsDoesNotAskMissing(Rule):
    """Where a required value is missing, the model should ask for it.

    What it does:
        Reports a required argument that only says that nothing is known (未知, 未提供, `unknown`, `N/A`), and one that
        holds an e-mail address or a mobile number though nobody gave any in the conversation. Empty strings are left
        to call.empty_string, blanks such as `<email>` to call.placeholder.

    Why it matters:
        The model learns to call at any price. The tool then searches for 未知, or writes to a stranger.

    Example:
        「给林经理发邮件」, and at once `{"to": "manager@company.com"}`.

    What to do:
        Let the model ask before the call, or put the value into the user's message.
    """

    chinese = """缺少必填的值时，模型应当追问。

    检查什么：
        必填参数只写着不知道（未知、未提供、`unknown`、`N/A`），或者写了邮箱、手机号，
        而对话里谁也没给过任何邮箱或手机号。
        空字符串由 call.empty_string 负责，`<email>` 之类的空由 call.placeholder 负责。

    为什么重要：
        模型会学着不管怎样都先调用。结果工具拿“未知”去搜索，或把信发给陌生人。

    例子：
        用户说「给林经理发邮件」，马上就调用 `{"to": "manager@company.com"}`。

    怎么办：
        让模型在调用前追问，或把值写进用户消息。
    """
    code = "TC607"
    name = "ans.does_not_ask_missing"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_may_be_missing)
    _sent = (observation({"status": "sent"}), gpt("邮件已发出。"))
    good = (
        FINE,
        row(
            human("给 lin@example.com 发邮件：周五见。"),
            call("send_email", to="lin@example.com", body="周五见。"),
            *_sent,
            tools=[_MAIL],
        ),
    )
    bad = (
        row(
            human("给林经理发邮件：周五见。"),
            call("send_email", to="manager@company.example", body="周五见。"),
            *_sent,
            tools=[_MAIL],
        ),
        row(human("给林经理发邮件：周五见。"), call("send_email", to="未提供", body="周五见。"), *_sent, tools=[_MAIL]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if type(found.value) is not str or found.optional or found.offered is None:
                continue
            if _says_unknown(found, conversation):
                text = f"`{found.name}` is {shown(found.value)}: the model should have asked"
                chinese = f"`{found.name}` 是 {shown(found.value)}：模型应当先追问"
                yield self.on_call(conversation, found.call, Prose(text, chinese), inside=found.at)
            elif _is_made_up(found, conversation):
                text = f"`{found.name}` is {shown(found.value)}, which nobody gave: the model should have asked"
                chinese = f"`{found.name}` 的值 {shown(found.value)} 没有人给过：模型应当先追问"
                yield self.on_call(conversation, found.call, Prose(text, chinese), inside=found.at)


def _says_unknown(found: Argument, conversation: Conversation) -> bool:
    value: str = found.value
    if len(value) > 24 or not _UNKNOWN.fullmatch(value.strip()) or "enum" in found.schema:
        return False
    return value.strip().lower() not in spoken(conversation).before(found.message)


def _is_made_up(found: Argument, conversation: Conversation) -> bool:
    value: str = found.value
    if not _SHORTEST <= len(value) <= 80:
        return False
    kind = next((kind for kind in _CONTACTS if kind.fullmatch(value)), None)
    return kind is not None and kind.search(spoken(conversation).before(found.message)) is None
