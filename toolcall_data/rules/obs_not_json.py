"""obs.not_json: a result that begins as JSON and is none."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import has_unreadable_result, results
from toolcall_data.rules._written import looks_like_json, python_value
from toolcall_data.rules.base import Finding, Rule, Severity


class ObsNotJson(Rule):
    """A result that begins as JSON should be JSON.

    What it does:
        Reports a result that begins like an object or a list and cannot be read: cut off, with a trailing comma, with
        full-width quotes. What Python's `repr` wrote is left to obs.python_repr, and plain text is fine: many tools
        return it.

    Why it matters:
        A running tool returns whole JSON. The model learns to work with pieces, and to complete what is missing from
        its own imagination.

    Example:
        `{"temperature": 25, "wind": "东风`

    What to do:
        Write the whole result, or delete the row. Trimmed results should be trimmed inside the JSON.
    """

    chinese = """开头像 JSON 的结果就应当是 JSON。

    检查什么：
        结果的开头像对象或列表，却无法解析：被截断、末尾多了逗号、用了全角引号。
        Python `repr` 写出的由 obs.python_repr 负责；纯文本没有问题，很多工具就返回纯文本。

    为什么重要：
        真正运行的工具返回的是完整的 JSON。模型会学着处理残片，并凭想象补上缺的部分。

    例子：
        `{"temperature": 25, "wind": "东风`

    怎么办：
        写出完整的结果，或删掉这一行。要缩短结果，应当在 JSON 内部缩短。
    """
    code = "TC504"
    name = "obs.not_json"
    severity = Severity.WARNING
    only_if = staticmethod(has_unreadable_result)
    good = (
        FINE,
        row(human("北京天气？"), call("get_weather", city="北京"), observation("晴，25度"), gpt("晴，25度。")),
    )
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation('{"text": "晴", "wind": "东'),
            gpt("晴。"),
        ),
        row(human("北京天气？"), call("get_weather", city="北京"), observation('{"text": "晴",}x'), gpt("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            text = found.message.content
            if found.error is not None and looks_like_json(text) and python_value(text) is None:
                said = Prose(f"the result is no JSON: {found.error}", f"结果不是 JSON：{found.error}")
                yield self.on_message(found.message, said)
