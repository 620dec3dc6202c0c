"""tool.name_case_collision: names that differ in letter case or separators only."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import name_at
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity

_SEPARATORS = str.maketrans("", "", "_-. ")


class ToolNameCaseCollision(Rule):
    """The names of a row's tools should differ in more than letter case and separators.

    What it does:
        Reports a tool whose name equals that of an earlier tool of the row once letter case, `_`, `-`, dots and blanks
        are left out. Equal names are the matter of `tool.name_duplicate`.

    Why it matters:
        Models mix such names up, and servers that compare names without case call the wrong tool.

    Example:
        `getWeather` beside `get_weather`.

    What to do:
        If both mean the same, keep one and rename its calls; if not, give one of them a name that says the difference.
    """

    chinese = """同一行里的工具名不应只在大小写或分隔符上不同。

    检查什么：
        报告去掉大小写、`_`、`-`、点和空格后与前面某个工具同名的工具。完全相同的名字由 `tool.name_duplicate` 报告。

    为什么重要：
        模型会混淆这样的名字；比较名字时不分大小写的服务器会调错工具。

    例子：
        `getWeather` 与 `get_weather` 并列。

    怎么办：
        意思相同就只留一个，并改掉相应的调用；意思不同就让其中一个的名字说出区别。
    """

    code = "TC316"
    name = "tool.name_case_collision"
    severity = Severity.WARNING
    looks_at = "tools"
    compares_tools = True
    good = (FINE, offers(WEATHER, tool("get_weather_history")))
    bad = (offers(WEATHER, tool("getWeather")), offers(tool("searchBook"), tool("searchbook")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        seen: dict[str, str] = {}
        for index, found in enumerate(conversation.tools):
            name = found.name
            plain = name.translate(_SEPARATORS).casefold() if name is not None else ""
            if name is None or not plain:
                continue
            earlier = seen.setdefault(plain, name)
            if earlier != name:
                text = Prose(
                    f"`{name}` differs from an earlier tool's name `{earlier}` in letter case or separators only",
                    f"`{name}` 与前面的工具名 `{earlier}` 只有大小写或分隔符不同",
                )
                yield self.on_tool(conversation, index, text, inside=name_at(found))
