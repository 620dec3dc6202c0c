"""call.enum: a value outside the list of allowed ones."""

from __future__ import annotations

import unicodedata

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose, said
from toolcall_data.rules._against_schema import AmendingRule, Broken, perhaps, place, replaced, shown
from toolcall_data.rules._bilingual import choice_for
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation

_MOST_SHOWN = 8


class CallEnum(AmendingRule):
    """An argument with an enum must have one of its values.

    What it does:
        Reports an argument, at any depth, whose value is not in the `enum` that its tool declares. In translated sets
        the value was often translated while the enum was not.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns values that the tool refuses.

    Example:
        `"unit": "摄氏度"` where the enum is `["celsius", "fahrenheit"]`.

    What to do:
        Write the allowed value that is meant, or translate the enum in the tool as well. The fix, which is unsafe,
        does the former where one allowed value alone differs by case, width or separators, or is the translation.
    """

    chinese = """有 enum 的参数必须取其中的值。

    检查什么：
        任意层级的参数，其值不在工具声明的 `enum` 里。机器翻译的数据集常常译了值，却没有译 enum。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的值。

    例子：
        `"unit": "摄氏度"`，而 enum 是 `["celsius", "fahrenheit"]`。

    怎么办：
        写成所指的那个允许值，或把工具里的 enum 也译过来。只有一个允许值仅在大小写、全半角、分隔符上不同，
        或正是其译文时，自动修复（不安全）会写成它。
    """
    code = "TC414"
    name = "call.enum"
    kind = "enum"
    applicability = "unsafe"
    good = (FINE,)
    bad = (weather(city="北京", unit="摄氏度"), weather(city="北京", unit="Celsius"))

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(f"{at} is {value}, which is not allowed", f"{at.zh} 的值 {value} 不在允许之列")

    def advice(self, violation: Violation, broken: Broken) -> str:
        allowed = violation.expected if isinstance(violation.expected, list) else []
        more = len(allowed) - _MOST_SHOWN
        values = ", ".join(shown(value) for value in allowed[:_MOST_SHOWN])
        listed = Prose(
            f"allowed: {values}{f' and {more} more' if more > 0 else ''}",
            f"允许的有：{values}{f'，另有 {more} 个' if more > 0 else ''}",
        )
        names = [value for value in allowed if isinstance(value, str)]
        near = perhaps(violation.found, names) if isinstance(violation.found, str) else ""
        return Prose(f"{listed}; {near}", f"{listed.zh}；{said(near, 'zh')}") if near else listed

    def amended(self, arguments: JSON, violation: Violation, broken: Broken) -> JSON:
        meant = _meant(violation)
        return arguments if meant is None else replaced(arguments, parts(violation.pointer), meant)


def _meant(violation: Violation) -> str | None:
    """The one allowed value that the value spells or translates; None where there is none, or several."""
    found, allowed = violation.found, violation.expected
    if not isinstance(found, str) or not isinstance(allowed, list):
        return None
    names = [value for value in allowed if isinstance(value, str)]
    alike = [name for name in names if _bare(name) == _bare(found)]
    return alike[0] if len(alike) == 1 else None if alike else choice_for(found, names)


def _bare(text: str) -> str:
    """A text without its case, width and separators."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each not in "_- ")
