"""obs.error_then_success: an error, and an answer that claims success."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._answers import Answer, answers
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import may_tell_error
from toolcall_data.rules.base import Finding, Rule

_SUCCESS = re.compile(
    r"成功|已经?(?:为您|为你|帮您|帮你)?(?:发送|创建|预订|预约|提交|取消|删除|更新|添加|完成|设置|下单|支付|转账)|(?:订|办|改|发)好了"
    r"|\bsuccessful(?:ly)?\b|\b(?:has|have) been "
    r"(?:sent|created|booked|submitted|cancell?ed|deleted|updated|added|placed)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"失败|错误|出错|异常|抱歉|对不起|不好意思|遗憾|无法|未能|不能|没能|没有|没|未|不成功|不存在|不足|超时"
    r"|重试|再试|稍后|如果|请确认|请检查|问题|拒绝|[?？]"
    r"|\b(?:sorry|unfortunately|error|fail(?:ed|ure)?|unable|cannot|couldn|can't|couldn't"
    r"|wasn't|weren't|not|no|try again|problem|issue|if)\b",
    re.IGNORECASE,
)


class ObsErrorThenSuccess(Rule):
    """An answer must not claim a success where the tool reported an error.

    What it does:
        Reports an answer that says something was done or succeeded, without a word of doubt, though every result since
        the last one that succeeded is an error.

    Why it matters:
        The model learns to lie: the user believes that the mail was sent or the table booked.

    Example:
        `{"error": "room_occupied"}`, then 「会议室已成功预订。」

    What to do:
        Let the answer say what went wrong, correct the result, or delete the row.
    """

    chinese = """工具报告了错误，回答就不能声称成功。

    检查什么：
        最后的结果是错误，回答却说已经办好或成功，没有一句保留。

    为什么重要：
        模型学到的是说谎：用户以为邮件已经发出、座位已经订好。

    例子：
        结果是 `{"error": "room_occupied"}`，回答却是「会议室已成功预订。」

    怎么办：
        让回答如实说明出了什么错，或改正结果，或删掉这一行。
    """
    code = "TC508"
    name = "obs.error_then_success"
    only_if = staticmethod(may_tell_error)
    _booked = call("get_weather", city="北京")
    good = (
        FINE,
        row(human("查北京天气。"), _booked, observation({"error": "timeout"}), gpt("查询没有成功，天气服务超时了。")),
        row(
            human("查北京天气。"),
            _booked,
            observation({"error": "timeout"}),
            _booked,
            observation({"text": "晴"}),
            gpt("查询成功：北京今天晴。"),
        ),
    )
    bad = (row(human("查北京天气。"), _booked, observation({"error": "timeout"}), gpt("查询成功：北京今天晴。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            if answer.results[-1].is_error and _claims_success(answer):
                text = Prose("the tool reported an error, the answer claims success", "工具报告了错误，回答却声称成功")
                yield self.on_message(answer.message, text)


def _claims_success(answer: Answer) -> bool:
    text = answer.message.text
    return _SUCCESS.search(text) is not None and _DOUBT.search(text) is None
