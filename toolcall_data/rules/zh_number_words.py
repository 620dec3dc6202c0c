"""zh.number_words: a number that the user wrote in words or in another unit."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import arguments
from toolcall_data.rules._grounding import context_of, holds_number, named_in_digits
from toolcall_data.rules.base import Finding, Rule, Severity

_LOAN = tool("calculate_loan", amount={"type": "number"})


class ZhNumberWords(Rule):
    """A number in a call stands before only in words or in another unit.

    What it does:
        Counts arguments such as 200000 that the context names as 二十万, 20万, 八折, 半 or in another unit, and not in
        these digits.

    Why it matters:
        Nothing is wrong: these rows teach the model to read numbers as Chinese people write them. A set without any
        does not.

    Example:
        The user says 二十万, the call has `"amount": 200000`.

    What to do:
        Nothing; see that the set has enough of them.
    """

    code = "TC718"
    name = "zh.number_words"
    severity = Severity.INFO
    looks_at = "calls"
    chinese = """调用里的数字在前文中只以文字或别的单位出现。

    检查什么：
        统计这样的参数：例如 200000，前文写作二十万、20万、八折、半，或用了别的单位，而没有这串数字。

    为什么重要：
        这没有错：这样的行教模型读懂中文里写数字的方式。数据集里一行都没有，模型就学不到。

    例子：
        用户说二十万，调用里是 `"amount": 200000`。

    怎么办：
        不用改；看看数量够不够。
    """
    good = (
        row(
            human("贷款 200,000 元"),
            call("calculate_loan", amount=200000),
            observation({"monthly": 900}),
            gpt("每月 900 元。"),
            tools=[_LOAN],
        ),
    )
    bad = (
        row(
            human("贷款二十万元"),
            call("calculate_loan", amount=200000),
            observation({"monthly": 900}),
            gpt("每月 900 元。"),
            tools=[_LOAN],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for each in arguments(conversation):
            if (
                isinstance(each.value, bool)
                or not isinstance(each.value, int | float)
                or not 1 < abs(each.value) < 1e15
            ):
                continue
            context = context_of(conversation, each.message)
            if not named_in_digits(context, each.value) and holds_number(context, each.value):
                text = Prose(
                    f"`{each.name}` is {each.value}, named in words before",
                    f"`{each.name}` 的值 {each.value} 在前文中用文字说出",
                )
                yield self.on_call(conversation, each.call, text, inside=each.at)
