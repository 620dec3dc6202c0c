"""call.copy_drift: a text that was to be copied and came out a little different."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Severity

_NOTE = tool("create_note", content={"type": "string"})


class CallCopyDrift(CopiedRule):
    """A text that the user gives should arrive in the call unchanged.

    What it does:
        Reports a text of at least eight characters that stands nowhere before but is much like something the user
        wrote: a quoted sentence, a line, an address.

    Why it matters:
        The model learns to reword what it should hand over: a message that is sent, a sentence that is analysed.

    Example:
        The user writes `项目按期完成，请审阅。`, the call has `项目已经按期完成，请您审阅。`

    What to do:
        Copy the user's words.
    """

    code = "TC464"
    name = "call.copy_drift"
    severity = Severity.WARNING
    fate = "drift"
    chinese = """用户给的文本应当原样写进调用。

    检查什么：
        八个字以上的文本在前文没有原样出现，却与用户写的某句话、某一行或某个地址十分相近时报告。

    为什么重要：
        模型会学着改写本该原样转交的内容：要发送的消息、要分析的句子。

    例子：
        用户写 `项目按期完成，请审阅。`，调用里是 `项目已经按期完成，请您审阅。`

    怎么办：
        照抄用户的原话。
    """
    good = (
        FINE,
        row(
            human("记一条：讨论预算，分配任务。"),
            call("create_note", content="讨论预算、分配任务"),
            observation({"ok": True}),
            gpt("记好了。"),
            tools=[_NOTE],
        ),
    )
    bad = (
        row(
            human("记一条：“项目按期完成，请各位审阅后回复。”"),
            call("create_note", content="项目已经按期完成，请各位审阅后给予回复。"),
            observation({"ok": True}),
            gpt("记好了。"),
            tools=[_NOTE],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name = found.argument.name
        return Prose(f"`{name}` is not quite what the user wrote", f"`{name}` 与用户写的不完全一样")
