"""zh.template_residue: a blank that nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._text_rule import Span, TextRule, excerpts, pieces
from toolcall_data.rules.base import Finding, Severity

_BLANK = re.compile(
    r"[\[［【](?:请?(?:在此)?(?:填写|填入|插入|输入))?(?:您|你|用户|客户|收件人|发件人|收信人|对方|公司|产品|品牌|学校|城市|项目)?的?"
    r"(?:全名|姓名|名字|名称|用户名|姓氏|电话(?:号码)?|手机号?码?|邮箱(?:地址)?|地址|职位|公司(?:名称?)?|日期|签名|城市|产品名称?|联系方式)"
    r"(?:在此)?[\]］】](?![(（:：])"
)
_ABOUT_TEMPLATES = re.compile(
    r"模板|范文|样例|格式|填空|占位|模版|邮件|信|简历|合同|通知|邀请|稿|声明|协议|文案|简介|申请|总结|对话|客服|收据|发票|销售|话术"
)
_HOLDS_BRACKET = Holds(spoken=r"\[|【|［")


class ZhTemplateResidue(TextRule):
    """Text should hold no blanks that were never filled in.

    What it does:
        Reports blanks in brackets such as `[用户姓名]` or `【公司名称】` in what the user says, and in answers unless
        the user asks for a letter or a template, where they belong. Arguments are judged by `call.placeholder`.

    Why it matters:
        They are left by a generator of rows. The model learns that a name is written `[用户姓名]`.

    Example:
        `此致，[用户姓名]` in a message that the user wants sent.

    What to do:
        Fill the blanks in, with the same name wherever it occurs, or drop the row.
    """

    code = "TC721"
    name = "zh.template_residue"
    severity = Severity.WARNING
    only_if = staticmethod(_HOLDS_BRACKET)
    parts = frozenset({"system", "user", "answer"})
    chinese = """文本里不应残留没有填写的占位符。

    检查什么：
        报告用户的话里 `[用户姓名]`、`【公司名称】` 之类的空白；回答里的也报告，但用户要的是信件或模板时除外。
        参数由 `call.placeholder` 判断。

    为什么重要：
        这是数据生成程序留下的。模型会学到名字就写作 `[用户姓名]`。

    例子：
        用户要发送的消息里写着 `此致，[用户姓名]`。

    怎么办：
        填上内容，同一个名字处处一致；或者删除该行。
    """
    good = (FINE, chat(human("写一份请假条模板"), gpt("尊敬的[您的姓名]：……")))
    bad = (
        chat(human("发邮件，内容是“项目已完成。此致，[用户姓名]”"), gpt("好的。")),
        chat(human("你好"), gpt("您好，[用户姓名]！")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        found = list(super().check(conversation))
        if not found:
            return
        asked = "\n".join(piece.text for piece in pieces(conversation, frozenset({"system", "user"})))
        answers = {message.value_at for message in conversation.messages if message.role == "assistant"}
        belongs = _ABOUT_TEMPLATES.search(asked) is not None
        yield from (each for each in found if not belongs or each.pointer not in answers)

    def find(self, text: str) -> list[Span]:
        return [found.span() for found in _BLANK.finditer(text)]

    def say(self, text: str, spans: list[Span]) -> Prose:
        shown = excerpts(text, spans)
        return Prose(f"holds a blank that was not filled in: {shown}", f"残留未填写的占位符：{shown}")
