"""zh.transliterated_name: a Latin name in Chinese characters."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Severity

_CONTACT = tool("add_contact", person={"type": "string"})


class ZhTransliteratedName(CopiedRule):
    """A name should stay in the letters in which the user wrote it.

    What it does:
        Reports an argument that writes a name in Chinese characters, such as 约翰, where the user wrote it in Latin
        letters and nothing before has it in Chinese.

    Why it matters:
        A contact or an invoice under a name that the person does not have; transcriptions differ, so that the same
        person gets several names.

    Example:
        The user writes `John Doe`, the call has `"person": "约翰·多伊"`.

    What to do:
        Copy the name. The fix does so where every part of the name is known and only one can be meant.
    """

    code = "TC717"
    name = "zh.transliterated_name"
    severity = Severity.WARNING
    applicability = "unsafe"
    fate = "name"
    chinese = """人名应当保持用户所写的字母。

    检查什么：
        用户用拉丁字母写的名字，前文没有中文写法，参数里却写成“约翰”之类的音译时报告。

    为什么重要：
        联系人或发票上出现一个本人并不使用的名字；音译不止一种，同一个人会有几个名字。

    例子：
        用户写 `John Doe`，调用里是 `"person": "约翰·多伊"`。

    怎么办：
        照抄名字。名字各部分都认得、且只可能指某一个时，自动修复会写回去。
    """
    good = (
        FINE,
        row(
            human("把约翰加到联系人，英文名 John"),
            call("add_contact", person="约翰"),
            observation({"ok": True}),
            gpt("加好了。"),
            tools=[_CONTACT],
        ),
    )
    bad = (
        row(
            human("把 Alice Smith 加到联系人"),
            call("add_contact", person="爱丽丝·史密斯"),
            observation({"ok": True}),
            gpt("加好了。"),
            tools=[_CONTACT],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(
            f"`{name}` is `{value}`: a Latin name in Chinese characters",
            f"`{name}` 的值 `{value}` 把拉丁字母的名字写成了音译",
        )
