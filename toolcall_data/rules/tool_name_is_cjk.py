"""tool.name_is_cjk: a name that is not ASCII."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import name_at
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolNameIsCjk(Rule):
    """A tool's name should be ASCII.

    What it does:
        Reports a name with Chinese characters, full-width letters or anything else outside ASCII.

    Why it matters:
        Most servers refuse such a name, and the `default` template of LLaMA-Factory does not find calls of it again.
        Often only the name was translated and the server still knows the old one.

    Example:
        `"name": "查询天气"`

    What to do:
        Restore the original name, or rename the tool in the definition and in every call.
    """

    chinese = """工具名应当只用 ASCII 字符。

    检查什么：
        报告含有汉字、全角字母或其他非 ASCII 字符的工具名。

    为什么重要：
        大多数服务器拒绝这样的名字，LLaMA-Factory 的 `default` 模板也解析不出这样的调用。常见的原因是翻译时把名字也
        译了，而服务器只认识原来的名字。

    例子：
        `"name": "查询天气"`

    怎么办：
        恢复原来的名字，或在定义和所有调用里一起改名。
    """

    code = "TC318"
    name = "tool.name_is_cjk"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE,)
    bad = (offers({**WEATHER, "name": "查询天气"}), offers({**WEATHER, "name": "get_weather１"}))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if tool.name is not None and not tool.name.isascii():
                text = Prose(
                    f"most servers refuse the name `{tool.name}`: it is not ASCII",
                    f"大多数服务器拒绝名字 `{tool.name}`：它不全是 ASCII 字符",
                )
                yield self.on_tool(conversation, index, text, inside=name_at(tool))
