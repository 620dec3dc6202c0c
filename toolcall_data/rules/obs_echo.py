"""obs.echo: a result that repeats the call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import JSON, Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_result
from toolcall_data.rules._results import results
from toolcall_data.rules.base import Finding, Rule, Severity

_SETS = re.compile(
    r"(?i:set|control|update|change|adjust|switch|turn|move|open|close|enable|disable|configure|lock|unlock|toggle|play"
    r"|start|stop|put|save|write)(?=[_A-Z-]|$)|设置|设定|调|打开|关闭|开|关|控制|更新|修改|切换"
)
_CURTAIN = tool("set_curtain", position={"type": "integer"})
_NOTE = tool("create_note", title={"type": "string"}, text={"type": "string"})


class ObsEcho(Rule):
    """A result should tell more than its call.

    What it does:
        Reports a result that is exactly the arguments of its call, or the call itself. Tools that by their name set or
        switch something are left out: they may answer with the new state.

    Why it matters:
        Nothing was looked up or done: the result was copied. Whatever the answer adds is made up.

    Example:
        `create_note` with `{"title": "周报", "text": "已完成"}` returns `{"title": "周报", "text": "已完成"}`.

    What to do:
        Write what the tool returns, such as a number or a status.
    """

    chinese = """结果应当比调用多说一点。

    检查什么：
        结果与调用的参数完全相同，或者就是调用本身。按名称是设置、开关一类的工具除外：它们可以返回新的状态。

    为什么重要：
        什么也没查、什么也没做，结果只是抄来的；回答里多出来的内容都是编造。

    例子：
        `create_note` 的参数是 `{"title": "周报", "text": "已完成"}`，结果还是 `{"title": "周报", "text": "已完成"}`。

    怎么办：
        写成工具真正返回的内容，例如编号或状态。
    """
    code = "TC511"
    name = "obs.echo"
    severity = Severity.WARNING
    only_if = staticmethod(has_result)
    good = (
        FINE,
        row(
            human("窗帘开一半。"),
            call("set_curtain", position=50),
            observation({"position": 50}),
            gpt("窗帘已经开了一半。"),
            tools=[_CURTAIN],
        ),
    )
    bad = (
        row(
            human("记一条笔记：周报，已完成。"),
            call("create_note", title="周报", text="已完成"),
            observation({"title": "周报", "text": "已完成"}),
            gpt("记好了。"),
            tools=[_NOTE],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            if any(_echoes(each, value) for each, value in zip(found.calls, found.values, strict=False)):
                yield self.on_message(found.message, Prose("the result only repeats its call", "结果只是重复了调用"))


def _echoes(call: Call, value: JSON) -> bool:
    given = call.arguments
    if not isinstance(value, dict) or not isinstance(given, dict) or not given:
        return False
    is_wrapped = value.get("arguments") == given and value.keys() - {"arguments"} <= {"name"}
    if value != given and not (is_wrapped and value.get("name", call.name) == call.name):
        return False
    return call.name is not None and not _SETS.match(call.name)
