"""call.date_rewritten: an ISO date that the call writes in Chinese."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE

_EVENT = tool("create_event", title={"type": "string"}, date={"type": "string"})


class CallDateRewritten(CopiedRule):
    """A date that the user writes in ISO must stay so.

    What it does:
        Reports an argument that is a Chinese date, 2022年5月15日, where an earlier message or result has the same day
        in ISO, 2022-05-15, and nothing before has it in Chinese. Arguments whose description asks for 年月日 are left
        out.

    Why it matters:
        No API reads the rewritten date, and the model unlearns copying.

    Example:
        The user writes `2022-05-15`, the call has `"date": "2022年5月15日"`.

    What to do:
        Copy the date. The fix does so where the ISO form is the only one.
    """

    code = "TC465"
    name = "call.date_rewritten"
    applicability = "safe"
    fate = "date"
    chinese = """用户写成 ISO 格式的日期必须保持原样。

    检查什么：
        参数是 2022年5月15日 这样的中文日期，而前文里同一天写作 2022-05-15、没有中文写法时报告。
        描述里要求年月日的参数不算。

    为什么重要：
        改写后的日期接口读不了，模型也会丢掉照抄的能力。

    例子：
        用户写 `2022-05-15`，调用里是 `"date": "2022年5月15日"`。

    怎么办：
        照抄日期。前文只有这一种 ISO 写法时，自动修复会写回去。
    """
    good = (
        FINE,
        row(
            human("2024年5月1日提醒我开会"),
            call("create_event", title="开会", date="2024-05-01"),
            observation({"ok": True}),
            gpt("好的。"),
            tools=[_EVENT],
        ),
    )
    bad = (
        row(
            human("2024-05-01 提醒我开会"),
            call("create_event", title="开会", date="2024年5月1日"),
            observation({"ok": True}),
            gpt("好的。"),
            tools=[_EVENT],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(
            f"`{name}` is `{value}`, written `{found.original}` before",
            f"`{name}` 的值是 `{value}`，前文写作 `{found.original}`",
        )

    def advice(self, found: Uncopied) -> str:
        return Prose(f"write `{found.original}`", f"写成 `{found.original}`")
