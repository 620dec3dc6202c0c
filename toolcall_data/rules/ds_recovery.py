"""ds.recovery: a set in which no tool ever fails."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import may_tell_error, results
from toolcall_data.rules._shares import SkillRule, none_or

_FAILED = row(
    human("北京天气？"),
    call("get_weather", city="北京"),
    observation({"error": "timeout"}),
    call("get_weather", city="北京"),
    observation({"text": "晴"}),
    gpt("北京今天晴。"),
)


class DsRecovery(SkillRule):
    """A large set should hold some rows in which a tool fails and the model goes on.

    What it does:
        Among the rows of the whole input that call a tool, counts those in which a result reports an error (as
        `obs.error` tells one) and the model says or calls something after it. Reports fewer than one in a hundred, in
        sets with at least 200 such rows.

    Why it matters:
        Tools fail in production. A model that has never seen an error makes up a result, or repeats the same call
        for ever.

    Example:
        650 rows, and not one result with an error.

    What to do:
        Add rows in which a call fails and the model tries another way, asks, or says so.
    """

    chinese = """较大的数据集应该有一些工具失败、模型继续应对的行。

    检查什么：
        在整个输入的有调用的行里，数出结果报告了错误（判断方法同 `obs.error`）、之后模型还有话或调用的行。
        有调用的行不少于 200 行、而这样的行不到百分之一时报告。

    为什么重要：
        上线后工具总会失败。没见过错误的模型会编造结果，或不停重复同一个调用。

    例子：
        650 行里没有一个结果报错。

    怎么办：
        加入调用失败后，模型换个办法、追问或如实说明的行。
    """
    code = "TC812"
    name = "ds.recovery"
    hint = Prose(
        "add rows in which a call fails and the model tries another way or says so",
        "加入调用失败后，模型换个办法或如实说明的行",
    )
    good = ((FINE,) * 100, (FINE,) * 200 + (_FAILED,) * 5)
    bad = ((FINE,) * 200,)

    def shows(self, conversation: Conversation) -> bool:
        if not may_tell_error(conversation):
            return False
        last = max(
            (index for index, message in enumerate(conversation.messages) if message.role == "assistant"), default=0
        )
        return any(found.is_error and found.index < last for found in results(conversation))

    def say(self, rows: int, shown: int) -> Prose:
        some = none_or(shown, "row", "行")
        return Prose(
            f"of {rows:,} rows with calls, {some} with a call that fails", f"{rows:,} 行有调用，{some.zh}有失败的调用"
        )
