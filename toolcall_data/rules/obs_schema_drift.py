"""obs.schema_drift: results of one tool with other keys each time."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import repeats_tool
from toolcall_data.rules._results import results, tells_error
from toolcall_data.rules.base import Finding, Rule, Severity


class ObsSchemaDrift(Rule):
    """One tool should return the same keys each time.

    What it does:
        Compares the results of calls of one tool with the same arguments' names inside a row, and reports one that
        shares less than half of its keys with the first, or that is a list where the first is an object. Errors are
        left out.

    Why it matters:
        A running tool has one shape of result. Made-up results drift from call to call; the model learns that names
        mean little.

    Example:
        `{"price": 23.6}` for one share, `{"stock_price": 9.08, "currency": "CNY"}` for the next.

    What to do:
        Give all results of a tool the same keys.
    """

    chinese = """同一个工具每次返回的键应当一致。

    检查什么：
        在同一行里比较同一工具、参数名相同的各次调用的结果：与第一次相比，相同的键不到一半，或一次是对象、一次是列表。
        错误结果不算。

    为什么重要：
        真正运行的工具，结果的形状是固定的。编造的结果会一次一个样，模型由此学到键名并不重要。

    例子：
        一只股票返回 `{"price": 23.6}`，下一只返回 `{"stock_price": 9.08, "currency": "CNY"}`。

    怎么办：
        让同一工具的结果使用同样的键。
    """
    code = "TC509"
    name = "obs.schema_drift"
    severity = Severity.WARNING
    only_if = staticmethod(repeats_tool)
    good = (
        FINE,
        row(
            human("北京和上海天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴", "high": 25}),
            call("get_weather", city="上海"),
            observation({"text": "雨", "high": 22, "alert": "大风"}),
            gpt("北京晴，25度；上海雨，22度，有大风。"),
        ),
    )
    bad = (
        row(
            human("北京和上海天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            call("get_weather", city="上海"),
            observation({"weather": "雨", "temperature": 22}),
            gpt("北京晴；上海雨，22度。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        first: dict[tuple[str | None, frozenset[str]], JSON] = {}
        for found in results(conversation):
            for call_, value in zip(found.calls, found.values, strict=False):
                if not isinstance(value, dict | list) or not value or tells_error(value):
                    continue
                given = frozenset(call_.arguments) if isinstance(call_.arguments, dict) else frozenset()
                before = first.setdefault((call_.name, given), value)
                if (drift := _drift(before, value)) is not None:
                    text = f"`{call_.name}` returns {drift}, before it returned other keys"
                    chinese = f"`{call_.name}` 这次返回 {drift.zh}，与前面的结果不一致"
                    yield self.on_message(found.message, Prose(text, chinese))


def _drift(first: JSON, value: JSON) -> Prose | None:
    """What differs from the first result, None where it is alike."""
    if isinstance(first, list) != isinstance(value, list):
        return Prose("a list", "列表") if isinstance(value, list) else Prose("an object", "对象")
    if isinstance(value, list):
        return None
    common = len(first.keys() & value.keys())
    if common == len(first) or common == len(value) or common * 2 >= len(first.keys() | value.keys()):
        return None
    keys = ", ".join(f"`{key}`" for key in list(value)[:6])
    return Prose(keys, keys)
