"""call.float_for_integer: `3.0` for an integer."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, RespeltRule, place, shown
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation


class CallFloatForInteger(RespeltRule):
    """An integer should be written without a point.

    What it does:
        Reports `3.0` where the tool declares an integer. JSON Schema allows it, so this is a warning.

    Why it matters:
        LLaMA-Factory trains `3.0` as it stands. Benchmarks and many servers refuse it, and a model that writes both
        3 and 3.0 is harder to parse.

    Example:
        `{"city": "北京", "days": 3.0}`

    What to do:
        Write `3` (the fix does).
    """

    chinese = """整数不应带小数点。

    检查什么：
        工具声明为 integer 的参数写成了 `3.0`。JSON Schema 允许这样写，所以只是警告。

    为什么重要：
        LLaMA-Factory 会把 `3.0` 原样拿去训练。评测和许多服务不接受它；模型时而写 3 时而写 3.0，也更难解析。

    例子：
        `{"city": "北京", "days": 3.0}`

    怎么办：
        写成 `3`（自动修复会这样做）。
    """
    code = "TC419"
    name = "call.float_for_integer"
    severity = Severity.WARNING
    kind = "float_for_integer"
    good = (FINE,)
    bad = (
        row(
            human("北京未来3天天气？"),
            call("get_weather", city="北京", days=3.0),
            observation({"text": "晴"}),
            gpt("北京这几天晴。"),
        ),
    )

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(f"{at} is an integer, written as {value}", f"{at.zh} 是整数，写成了 {value}")

    def respelt(self, violation: Violation) -> JSON:
        return int(violation.found)
