"""obs.empty: a result without content."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_odd_result
from toolcall_data.rules._results import results
from toolcall_data.rules.base import Finding, Rule, Severity


class ObsEmpty(Rule):
    """A result should say something.

    What it does:
        Reports a result that is blank, `null`, `{}` or `""`, and such a value in a list of results. `[]` and
        `{"books": []}` are fine: a search may find nothing.

    Why it matters:
        The answer after it cannot rest on anything: the model learns to make its answer up.

    Example:
        `{"from": "observation", "value": ""}`

    What to do:
        Write what the tool returns in such a case, such as `{"status": "ok"}` or an error, or delete the row.
    """

    chinese = """结果里应当有内容。

    检查什么：
        结果是空白、`null`、`{}` 或 `""`，或多个结果组成的列表里有这样的值。`[]` 和 `{"books": []}` 没有问题：
        搜索本来就可能一无所获。

    为什么重要：
        后面的回答没有任何依据，模型学到的是编造。

    例子：
        `{"from": "observation", "value": ""}`

    怎么办：
        写上工具在这种情况下真正返回的内容，例如 `{"status": "ok"}` 或错误信息；否则删掉这一行。
    """
    code = "TC503"
    name = "obs.empty"
    severity = Severity.WARNING
    only_if = staticmethod(has_odd_result)
    good = (FINE, row(human("有我的快递吗？"), call("get_weather", city="北京"), observation([]), gpt("没有。")))
    bad = (
        row(human("北京天气？"), call("get_weather", city="北京"), observation("{}"), gpt("北京今天晴。")),
        row(human("北京天气？"), call("get_weather", city="北京"), observation("null"), gpt("北京今天晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            if not found.message.content.strip() or (found.error is None and any(map(_is_empty, found.values))):
                yield self.on_message(found.message, Prose("the result is empty", "结果是空的"))


def _is_empty(value: JSON) -> bool:
    return value is None or value == {} or (isinstance(value, str) and not value.strip())
