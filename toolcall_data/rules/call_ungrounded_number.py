"""call.ungrounded_number: an amount that nobody named."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules.base import Severity

_LOAN = tool("calculate_loan", amount={"type": "number"}, months={"type": "integer"}, discount={"type": "number"})


class CallUngroundedNumber(CopiedRule):
    """A number in a call should come from what was said before.

    What it does:
        Reports a number that no earlier message or result names and the tool does not offer. Chinese numerals, 万 and
        亿, percentages, 折, halves and other units count as naming it: 20万 is 200000, 30年 is 360 months, 八折 is 20
        percent off. 0, 1, coordinates and the like are not judged. A decade does not name its first year.

    Why it matters:
        The model learns to make up limits, sizes and years.

    Example:
        `"size": 200` where the user only gave the address for a code.

    What to do:
        Drop the argument, or ask for the number.
    """

    code = "TC461"
    name = "call.ungrounded_number"
    severity = Severity.WARNING
    fate = "number"
    chinese = """调用里的数字应当出自前文。

    检查什么：
        报告前面的消息和工具结果里没有、工具也没有给出的数字。中文数字、万和亿、百分比、折扣、
        半以及单位换算都算有依据：20万即 200000，30年即 360 个月，打八折即减 20%。0、1、经纬度之类不判断。
        年代不等于它的第一年。

    为什么重要：
        模型会学着编造条数、尺寸和年份。

    例子：
        用户只给了二维码的网址，参数却有 `"size": 200`。

    怎么办：
        删掉这个参数，或者先问用户。
    """
    good = (
        row(
            human("贷款二十万，三十年，利息打八折，怎么还？"),
            call("calculate_loan", amount=200000, months=360, discount=0.8),
            observation({"monthly": 900}),
            gpt("每月 900 元。"),
            tools=[_LOAN],
        ),
    )
    bad = (
        row(
            human("贷款二十万，怎么还？"),
            call("calculate_loan", amount=200000, months=240),
            observation({"monthly": 1200}),
            gpt("每月 1200 元。"),
            tools=[_LOAN],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(f"`{name}` is {value}, which nothing before says", f"`{name}` 的值 {value} 在前文中没有依据")
