"""obs.keys_cjk: a result whose keys were translated."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON, Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import is_cjk
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_result
from toolcall_data.rules._results import Returned, leaves, results
from toolcall_data.rules.base import Finding, Rule, Severity

_MOST_SHOWN = 4


class ObsKeysCjk(Rule):
    """The keys of a result should not be translated.

    What it does:
        Reports a result that has keys in Chinese, Japanese or Korean letters beside others, or although all names of
        its call's arguments are in other letters. Keys that are data, because the call or the result itself holds
        them as values, are fine.

    Why it matters:
        A tool whose arguments are `city` and `date` does not return 温度: in use the model will see other keys than
        those it was trained on.

    Example:
        `get_weather` with `{"city": "北京"}` returns `{"天气": "晴", "温度": 25}`.

    What to do:
        Write the keys that the tool really returns. If it does return Chinese ones, ignore this rule.
    """

    chinese = """结果的键名不应翻译。

    检查什么：
        结果里同时有中日韩文字的键和其他文字的键，或者调用的参数名全是其他文字，结果的键却是中日韩文字。
        键本身就是数据的（在调用或结果里作为值出现过）没有问题。

    为什么重要：
        参数叫 `city`、`date` 的工具，不会返回“温度”这样的键。模型上线后看到的键名，与训练时的不同。

    例子：
        `get_weather` 的参数是 `{"city": "北京"}`，结果却是 `{"天气": "晴", "温度": 25}`。

    怎么办：
        写成工具真正返回的键名。工具确实返回中文键名的，可以忽略本规则。
    """
    code = "TC510"
    name = "obs.keys_cjk"
    severity = Severity.WARNING
    only_if = staticmethod(has_result)
    good = (
        FINE,
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"北京": {"text": "晴"}}),
            gpt("北京今天晴。"),
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"天气": "晴", "温度": 25}),
            gpt("北京今天晴，25度。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            if keys := _translated(found):
                listed = ", ".join(f"`{key}`" for key in keys[:_MOST_SHOWN])
                yield self.on_message(
                    found.message, Prose(f"the result has the keys {listed}", f"结果的键名是 {listed}")
                )


def _translated(found: Returned) -> list[str]:
    """The CJK keys of a result that are no data, where its calls or its other keys are in other letters."""
    keys = list(dict.fromkeys(key for value in found.values for key in _keys(value)))
    foreign = [] if "".join(keys).isascii() else [key for key in keys if is_cjk(key)]
    if not foreign:
        return []
    given = [key for call in found.calls for key in _names(call)]
    if any(map(is_cjk, given)) or not (given or len(foreign) < len(keys)):
        return []
    data = {str(leaf) for call in found.calls for leaf in leaves(call.arguments)}
    return [key for key in foreign if not any(key in each or each in key for each in data)]


def _names(call: Call) -> list[str]:
    return list(call.arguments) if isinstance(call.arguments, dict) else []


def _keys(value: JSON) -> list[str]:
    """The keys of an object, or of the objects in a list; deeper ones are often data."""
    if isinstance(value, list):
        return [key for item in value[:20] if isinstance(item, dict) for key in item]
    return list(value) if isinstance(value, dict) else []
