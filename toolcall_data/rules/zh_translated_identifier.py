"""zh.translated_identifier: the name of a program, a file or an account that was translated."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE

_RUN = tool("run_program", program={"type": "string"}, data={"type": "string"})


class ZhTranslatedIdentifier(CopiedRule):
    """An identifier must be copied, not translated.

    What it does:
        Reports Chinese arguments that take the place of identifiers which the user quoted in his last message and no
        argument copies: words such as `DataAnalysis`, `dataset1` or `password123`. As many arguments must be Chinese
        without a source as identifiers are missing. Addresses are judged by `call.value_translated`.

    Why it matters:
        No program of the translated name exists, and the model unlearns copying.

    Example:
        The user asks to run “DataAnalysis” on “dataset1”; the call has `"data": "数据集1"`.

    What to do:
        Copy the identifier. The fix does so where only one can be meant.
    """

    code = "TC705"
    name = "zh.translated_identifier"
    applicability = "unsafe"
    fate = "identifier"
    chinese = """标识符必须照抄，不能翻译。

    检查什么：
        用户在最近一句话里用引号给出 `DataAnalysis`、`dataset1`、`password123` 一类标识符，没有任何参数照抄，
        却有同样数目、前文没有依据的中文参数时报告。邮箱和网址由 `call.value_translated` 判断。

    为什么重要：
        翻译出来的名字并不存在，模型也会丢掉照抄的能力。

    例子：
        用户要用“dataset1”运行“DataAnalysis”，调用里写成 `"data": "数据集1"`。

    怎么办：
        照抄标识符。只可能指某一个时，自动修复会写回去。
    """
    good = (
        FINE,
        row(
            human("运行“LoadTable”，数据用“table7”"),
            call("run_program", program="LoadTable", data="table7"),
            observation({"ok": True}),
            gpt("运行完了。"),
            tools=[_RUN],
        ),
    )
    bad = (
        row(
            human("运行“LoadTable”，数据用“table7”"),
            call("run_program", program="载入表格", data="表格7"),
            observation({"ok": True}),
            gpt("运行完了。"),
            tools=[_RUN],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(
            f"`{name}` is `{value}`: an identifier was translated", f"`{name}` 的值 `{value}` 是被翻译了的标识符"
        )
