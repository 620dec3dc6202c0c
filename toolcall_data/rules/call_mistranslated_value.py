"""call.mistranslated_value: another sense of the same English word."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Severity

_ITEM = tool("add_item", product={"type": "string"}, count={"type": "integer"})


class CallMistranslatedValue(CopiedRule):
    """An argument should not mean another sense of the word that was translated.

    What it does:
        Reports an argument that stands nowhere before, where the user has another Chinese word for the same English
        one: 橙色 (the colour) for 橙子 (the fruit), 行动 for 动作.

    Why it matters:
        Message and call were translated apart. The tool searches for something else, and the model learns not to copy.

    Example:
        The user buys three 橙子, the call has `"product": "橙色"`.

    What to do:
        Write the user's word.
    """

    code = "TC463"
    name = "call.mistranslated_value"
    severity = Severity.WARNING
    fate = "mistranslated"
    chinese = """参数不应译成同一个英文词的另一个意思。

    检查什么：
        参数在前文没有依据，而用户用的是同一个英文词的另一种译法时报告：用户说橙子，参数是橙色；用户说动作，
        参数是行动。

    为什么重要：
        消息和调用是分开翻译的。工具会去找别的东西，模型也学着不照抄。

    例子：
        用户买三个橙子，调用里是 `"product": "橙色"`。

    怎么办：
        改成用户用的词。
    """
    good = (
        FINE,
        row(
            human("买三个西红柿"),
            call("add_item", product="番茄", count=3),
            observation({"ok": True}),
            gpt("加好了。"),
            tools=[_ITEM],
        ),
    )
    bad = (
        row(
            human("买三个橙子"),
            call("add_item", product="橙色", count=3),
            observation({"ok": True}),
            gpt("加好了。"),
            tools=[_ITEM],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(
            f"`{name}` is {value}, the user said {found.original}: both translate `{found.because}`",
            f"`{name}` 的值是“{value}”，用户说的是“{found.original}”：两者都是 `{found.because}` 的译法",
        )
