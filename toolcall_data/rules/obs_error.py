"""obs.error: a result that reports an error."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import may_tell_error, results
from toolcall_data.rules.base import Finding, Rule, Severity


class ObsError(Rule):
    """A statistic: results that report an error.

    What it does:
        Counts results that say the call failed: an `error` that is not empty, `isError`, `"success": false`, a status
        such as `failed`, 失败 or 404, or a text that begins with `Error:`. The rule runs only when it is named.

    Why it matters:
        Tools do fail. A set without a single error teaches nothing about reporting one, trying again or asking back.

    Example:
        `{"error": "order_not_found"}`

    What to do:
        Nothing, if there are some. If there are none, add rows in which a tool fails and the model says so.
    """

    chinese = """统计：报告错误的结果。

    检查什么：
        数出表明调用失败的结果：非空的 `error`、`isError`、`"success": false`、`failed`、失败、404 之类的状态，
        或以 `Error:` 开头的文字。只有点名才运行本规则。

    为什么重要：
        工具总会出错。一个错误都没有的数据集，教不会模型如实报告、重试或追问。

    例子：
        `{"error": "order_not_found"}`

    怎么办：
        有一些就不用管。一个都没有时，加入工具失败、模型如实说明的行。
    """
    code = "TC507"
    name = "obs.error"
    severity = Severity.INFO
    only_if = staticmethod(may_tell_error)
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"error": "timeout", "message": "服务超时"}),
            gpt("抱歉，天气服务超时了，请稍后再试。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            if found.is_error:
                yield self.on_message(found.message, Prose("the result reports an error", "结果报告了错误"))
