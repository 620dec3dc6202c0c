"""call.key_lang: an argument whose name was translated."""

from __future__ import annotations

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.build import tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, is_translated_key
from toolcall_data.rules._examples import FINE, asked, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.validator import Violation


class CallKeyLang(SchemaRule):
    """The names of arguments must not be translated.

    What it does:
        Reports an argument with a Chinese, Japanese or Korean name where its tool declares only names in other
        letters. Other undeclared names are left to call.unknown_arg.

    Why it matters:
        Translated sets have their keys translated along with their texts. The model learns names that no tool knows;
        a required argument is then missing as well.

    Example:
        `{"城市": "北京"}` where the tool declares `city`.

    What to do:
        Write the names as the tool declares them.
    """

    chinese = """参数名不能翻译。

    检查什么：
        工具只声明了其他文字的参数名，调用里却出现中文、日文或韩文的参数名。其余未声明的参数名由 call.unknown_arg 负责。

    为什么重要：
        机器翻译的数据集会把键名连同文字一起译掉。模型学到的参数名没有哪个工具认识，必填参数也因此缺失。

    例子：
        工具声明的是 `city`，调用写成 `{"城市": "北京"}`。

    怎么办：
        按工具的声明写参数名。
    """
    code = "TC431"
    name = "call.key_lang"
    kind = "unknown_arg"
    good = (FINE, asked(tool("查天气", 城市={"type": "string"}), 城市="北京"))
    bad = (weather(city="北京", 天数=3), weather(城市="北京"))

    def judges(self, violation: Violation, broken: Broken) -> bool:
        return violation.kind == self.kind and is_translated_key(violation, broken)

    def say(self, violation: Violation, broken: Broken) -> str:
        name = parts(violation.pointer)[-1]
        return Prose(
            f"the argument name `{name}` was translated: `{broken.call.name}` declares none like it",
            f"参数名 `{name}` 被翻译了：`{broken.call.name}` 没有声明这样的参数",
        )

    def advice(self, violation: Violation, broken: Broken) -> str:
        *above, name = parts(violation.pointer)
        declared = broken.offered.compiled.schema.get("properties")
        if above or not isinstance(declared, dict):
            return ""
        meant = [
            key
            for key, schema in declared.items()
            if isinstance(schema, dict) and name in str(schema.get("description"))
        ]
        if len(meant) == 1:
            return Prose(f"`{meant[0]}` is described so", f"描述与之相符的是 `{meant[0]}`")
        listed = ", ".join(list(declared)[:8])
        return Prose(f"declared: {listed}", f"已声明的有：{listed}")

    def how_bad(self, violation: Violation) -> Severity:
        return Severity.WARNING if violation.allowed else self.severity
