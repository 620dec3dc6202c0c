"""call.value_translated: an address that was translated."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE

_MAIL = tool("send_email", to={"type": "string"}, text={"type": "string"})


class CallValueTranslated(CopiedRule):
    """An e-mail or web address must be copied, not translated.

    What it does:
        Reports an e-mail or web address with Chinese characters in a call, where an address that no argument copies
        stands in ASCII in what was said before.

    Why it matters:
        The call goes to an address that does not exist, and the model unlearns copying.

    Example:
        The user gives `boss@company.com`, the call has `"to": "老板@公司.com"`.

    What to do:
        Copy the address. The fix does so where only one can be meant.
    """

    code = "TC462"
    name = "call.value_translated"
    applicability = "unsafe"
    fate = "address"
    chinese = """邮箱和网址必须照抄，不能翻译。

    检查什么：
        调用里的邮箱或网址含有汉字，而前文里有一个没有被任何参数照抄的 ASCII 地址时报告。

    为什么重要：
        调用发往一个不存在的地址，模型也会丢掉照抄的能力。

    例子：
        用户给的是 `boss@company.com`，调用里写成 `"to": "老板@公司.com"`。

    怎么办：
        照抄原来的地址。只可能指某一个地址时，自动修复会写回去。
    """
    good = (
        FINE,
        row(
            human("发给 张三@例子.公司，内容是你好"),
            call("send_email", to="张三@例子.公司", text="你好"),
            observation({"sent": True}),
            gpt("已发送。"),
            tools=[_MAIL],
        ),
    )
    bad = (
        row(
            human("发给 li.lei@example.com，内容是你好"),
            call("send_email", to="李雷@例子.com", text="你好"),
            observation({"sent": True}),
            gpt("已发送。"),
            tools=[_MAIL],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(f"`{name}` is `{value}`: the address was translated", f"`{name}` 的值 `{value}` 是被翻译了的地址")
