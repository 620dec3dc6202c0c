"""call.unknown_arg: an argument that the tool does not declare."""

from __future__ import annotations

from toolcall_data.conversation.address import follow, parts, pointer
from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON
from toolcall_data.nearest import one_edit_away
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import AmendingRule, Broken, is_translated_key, perhaps, removed
from toolcall_data.rules._examples import FINE, asked, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation


class CallUnknownArg(AmendingRule):
    """A call must give only arguments that its tool declares.

    What it does:
        Reports an argument, at any depth, that no property of the schema declares. Where the schema allows
        `additionalProperties` beside those it declares, this is a warning; an object that declares none is free.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns arguments that the prompt does not mention.

    Example:
        `get_weather` with `{"city": "北京", "province": "北京"}`: the tool declares no `province`.

    What to do:
        Correct the name, delete the argument, or declare it in the tool. The fix, which is unsafe, gives it the one
        name it is one character away from, and else deletes it.
    """

    chinese = """调用只能给出工具声明过的参数。

    检查什么：
        任意层级的参数，模式的任何属性都没有声明它。模式在所声明的之外还允许 `additionalProperties` 时只是警告；
        没有声明任何属性的对象可以随意填写。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是提示里没有提到的参数。

    例子：
        `get_weather` 没有声明 `province`，调用却是 `{"city": "北京", "province": "北京"}`。

    怎么办：
        改正名称，删掉参数，或在工具里声明它。自动修复（不安全）会改成只差一个字符的那个名称，没有就删掉。
    """
    code = "TC411"
    name = "call.unknown_arg"
    kind = "unknown_arg"
    applicability = "unsafe"
    good = (
        FINE,
        asked(tool("f", headers={"type": "object", "additionalProperties": {"type": "string"}}), headers={"a": "b"}),
        asked(tool("f", options={"type": "object"}), options={"深色": True}),
    )
    bad = (weather(city="北京", province="北京"), weather(citty="北京"))

    def judges(self, violation: Violation, broken: Broken) -> bool:
        return violation.kind == self.kind and not is_translated_key(violation, broken)

    def say(self, violation: Violation, broken: Broken) -> str:
        names = parts(violation.pointer)
        above, tool = "/".join(names[:-1]), broken.call.name
        return Prose(
            f"`{tool}` declares no argument `{names[-1]}`{f' in `{above}`' if above else ''}",
            f"`{tool}` {f'的 `{above}` 里' if above else ''}没有声明参数 `{names[-1]}`",
        )

    def advice(self, violation: Violation, broken: Broken) -> str:
        *above, name = parts(violation.pointer)
        if above:
            return ""
        given = follow(broken.call.arguments, pointer(*above))
        declared = broken.offered.compiled.schema.get("properties", {})
        left = [other for other in declared if not isinstance(given, dict) or other not in given]
        listed = ", ".join(list(declared)[:8])
        return perhaps(name, left) or (Prose(f"declared: {listed}", f"已声明的有：{listed}") if listed else "")

    def amended(self, arguments: JSON, violation: Violation, broken: Broken) -> JSON:
        at = parts(violation.pointer)
        declared = broken.offered.compiled.schema.get("properties", {})
        near = one_edit_away(at[-1], declared) if len(at) == 1 and isinstance(declared, dict) else []
        if len(near) == 1 and near[0] not in arguments:
            return {near[0] if name == at[-1] else name: value for name, value in arguments.items()}
        return removed(arguments, at)

    def how_bad(self, violation: Violation) -> Severity:
        return Severity.WARNING if violation.allowed else self.severity
