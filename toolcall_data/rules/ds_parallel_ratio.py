"""ds.parallel_ratio: a set without parallel calls."""

from __future__ import annotations

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import Shape, SkillOfShapeRule, none_or

_PARALLEL = row(
    human("北京和上海天气？"),
    calls(call("get_weather", city="北京"), call("get_weather", city="上海")),
    observation([{"text": "晴"}, {"text": "雨"}]),
    gpt("北京晴，上海有雨。"),
)


class DsParallelRatio(SkillOfShapeRule):
    """A large set should hold some rows with parallel calls.

    What it does:
        Among the rows of the whole input that call a tool, counts those with several calls in one message. Reports
        fewer than one in a hundred, in sets with at least 200 such rows.

    Why it matters:
        Asked for the weather of three cities, the model makes one call and stops, or three turns of it. LLaMA-Factory's
        demo sets have no parallel call at all.

    Example:
        1,400 rows with calls, each with one call at a time.

    What to do:
        Add rows whose question needs several independent calls; if the target template cannot hold them
        (LLaMA-Factory's `glm4`), ignore this rule.
    """

    chinese = """较大的数据集应该有一些并行调用的行。

    检查什么：
        在整个输入的有调用的行里，数出一条消息里有多个调用的行。有调用的行不少于 200 行、而这样的行不到百分之一时报告。

    为什么重要：
        问三个城市的天气时，模型只调用一次就停下，或分三轮去查。LLaMA-Factory 的示例数据里一个并行调用也没有。

    例子：
        1,400 行有调用，每次都只有一个。

    怎么办：
        加入需要几个互相独立的调用的问题；如果目标模板容不下并行调用（LLaMA-Factory 的 `glm4`），就忽略本规则。
    """
    code = "TC809"
    name = "ds.parallel_ratio"
    hint = Prose("add questions that need several independent calls", "加入需要几个互相独立的调用的问题")
    good = ((FINE,) * 100, (FINE,) * 200 + (_PARALLEL,) * 5)
    bad = ((FINE,) * 200,)

    def has(self, shape: Shape) -> bool:
        return shape.has_parallel_calls

    def say(self, rows: int, shown: int) -> Prose:
        some = none_or(shown, "row", "行")
        return Prose(
            f"of {rows:,} rows with calls, {some} has parallel calls"
            if shown < 2
            else f"of {rows:,} rows with calls, {some} have parallel calls",
            f"{rows:,} 行有调用，{some.zh}有并行调用",
        )
