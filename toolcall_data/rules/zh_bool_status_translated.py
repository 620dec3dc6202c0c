"""zh.bool_status_translated: a result whose keys are English and whose status is Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import results
from toolcall_data.rules.base import Finding, Rule, Severity

_KEYS = frozenset({"status", "state", "success", "ok", "result", "valid", "is_valid", "available", "code"})
_WORDS = {
    "成功": "success",
    "失败": "failure",
    "错误": "error",
    "真": "true",
    "假": "false",
    "是": "true",
    "否": "false",
    "有效": "valid",
    "无效": "invalid",
    "已完成": "completed",
    "完成": "completed",
    "待处理": "pending",
    "确定": "ok",
}


class ZhBoolStatusTranslated(Rule):
    """A result has English keys and a status in Chinese.

    What it does:
        Counts results where the value of `status`, `success` or a key like these is 成功, 失败, 是, 否 or another
        translated status.

    Why it matters:
        A translator went over the result of an API. In production the value is `success` or `true`.

    Example:
        `{"status": "成功", "message": "已创建"}`

    What to do:
        Nothing, or write the status that the API returns.
    """

    code = "TC720"
    name = "zh.bool_status_translated"
    severity = Severity.INFO
    looks_at = "calls"
    chinese = """工具结果的键是英文，状态值却是中文。

    检查什么：
        统计 `status`、`success` 一类键的值写成“成功”“失败”“是”“否”等译文的结果。

    为什么重要：
        翻译程序把接口的返回值也翻译了；线上返回的是 `success` 或 `true`。

    例子：
        `{"status": "成功", "message": "已创建"}`

    怎么办：
        可以不管，或改成接口真正返回的状态。
    """
    good = (
        FINE,
        row(human("北京天气？"), call("get_weather", city="北京"), observation({"status": "ok"}), gpt("晴。")),
    )
    bad = (row(human("北京天气？"), call("get_weather", city="北京"), observation({"status": "成功"}), gpt("晴。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            value = found.value if isinstance(found.value, dict) else {}
            for key in _KEYS.intersection(value):
                english = _WORDS.get(value[key]) if isinstance(value[key], str) else None
                if english is not None:
                    said = Prose(
                        f"`{key}` is {value[key]}, a translated `{english}`",
                        f"`{key}` 的值是“{value[key]}”，应是 `{english}` 的译文",
                    )
                    yield self.on_message(found.message, said, excerpt=found.message.content)
