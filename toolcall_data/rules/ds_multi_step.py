"""ds.multi_step: a set in which no call follows from a result."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import Shape, SkillOfShapeRule, none_or

_TWO_STEPS = row(
    human("我这儿天气怎么样？"),
    call("get_location"),
    observation({"city": "北京"}),
    call("get_weather", city="北京"),
    observation({"text": "晴"}),
    gpt("您在北京，今天晴。"),
    tools=[WEATHER, tool("get_location")],
)


class DsMultiStep(SkillOfShapeRule):
    """A large set should hold some rows in which one result leads to the next call.

    What it does:
        Among the rows of the whole input that call a tool, counts those in which a second message with calls follows
        before the user speaks again. Reports fewer than one in a hundred, in sets with at least 200 such rows.

    Why it matters:
        An agent looks up an order, then its parcel. A model that has only seen one step answers after the first
        result, whatever is still missing.

    Example:
        1,400 rows with calls, each with one call, one result, one answer.

    What to do:
        Add rows whose last call needs a value from an earlier result.
    """

    chinese = """较大的数据集应该有一些由结果引出下一个调用的行。

    检查什么：
        在整个输入的有调用的行里，数出用户再次说话之前有第二条调用消息的行。有调用的行不少于 200 行、
        而这样的行不到百分之一时报告。

    为什么重要：
        智能体先查订单，再查它的包裹。只见过一步的模型，拿到第一个结果就回答，不管还缺什么。

    例子：
        1,400 行有调用，每行都是一次调用、一个结果、一个回答。

    怎么办：
        加入后一个调用要用到前一个结果的行。
    """
    code = "TC811"
    name = "ds.multi_step"
    hint = Prose("add rows whose last call needs a value from an earlier result", "加入后一个调用要用到前一个结果的行")
    good = ((FINE,) * 100, (FINE,) * 200 + (_TWO_STEPS,) * 5)
    bad = ((FINE,) * 200,)

    def has(self, shape: Shape) -> bool:
        return shape.has_steps

    def say(self, rows: int, shown: int) -> Prose:
        some = none_or(shown, "row", "行")
        return Prose(
            f"of {rows:,} rows with calls, {some} with a call that follows from a result",
            f"{rows:,} 行有调用，{some.zh}由结果引出下一个调用",
        )
