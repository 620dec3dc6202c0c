"""ds.multi_turn: a set in which the user speaks once."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import Shape, SkillOfShapeRule, none_or

_TWO_TURNS = row(
    human("北京天气？"),
    call("get_weather", city="北京"),
    observation({"text": "晴"}),
    gpt("北京今天晴。"),
    human("上海呢？"),
    call("get_weather", city="上海"),
    observation({"text": "雨"}),
    gpt("上海有雨。"),
)


class DsMultiTurn(SkillOfShapeRule):
    """A large set should hold some rows in which the user speaks more than once.

    What it does:
        Among the rows of the whole input that call a tool, counts those with two user messages or more. Reports fewer
        than one in a hundred, in sets with at least 200 such rows.

    Why it matters:
        「上海呢？」 needs the question before it. A model trained on single questions calls with what the last message
        says and forgets the rest.

    Example:
        1,400 rows with calls, each a single question.

    What to do:
        Add conversations that go on after the first answer.
    """

    chinese = """较大的数据集应该有一些用户不止说一次的行。

    检查什么：
        在整个输入的有调用的行里，数出有两条以上用户消息的行。有调用的行不少于 200 行、而这样的行不到百分之一时报告。

    为什么重要：
        「上海呢？」要靠上一个问题才能懂。只见过单个问题的模型，只按最后一句话去调用，忘了前文。

    例子：
        1,400 行有调用，每行只有一个问题。

    怎么办：
        加入第一个回答之后还继续下去的对话。
    """
    code = "TC810"
    name = "ds.multi_turn"
    hint = Prose("add conversations that go on after the first answer", "加入第一个回答之后还继续的对话")
    good = ((FINE,) * 100, (FINE,) * 200 + (_TWO_TURNS,) * 5)
    bad = ((FINE,) * 200,)

    def has(self, shape: Shape) -> bool:
        return shape.has_turns

    def say(self, rows: int, shown: int) -> Prose:
        some = none_or(shown, "row", "行")
        return Prose(
            f"of {rows:,} rows with calls, {some} with a second question", f"{rows:,} 行有调用，{some.zh}有第二个问题"
        )
