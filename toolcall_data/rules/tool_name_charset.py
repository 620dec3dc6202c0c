"""tool.name_charset: a name that servers refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import name_at
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity

_ALLOWED = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST = 64


class ToolNameCharset(Rule):
    """A tool's name should be one that servers accept.

    What it does:
        Reports an ASCII name with anything but letters, digits, `_` and `-`, or with more than 64 characters. Names in
        other scripts are the matter of `tool.name_is_cjk`.

    Why it matters:
        OpenAI's API and most servers that imitate it refuse such a tool, so what was trained cannot be called. The
        `default` template of LLaMA-Factory does not find a call again whose name has a dot or a blank.

    Example:
        `"name": "weather.query"`, `"name": "get weather"`

    What to do:
        Rename the tool, in the definition and in every call, and keep a table of the old names for your server.
    """

    chinese = """工具名应当是服务器接受的名字。

    检查什么：
        报告含有字母、数字、`_`、`-` 以外字符的 ASCII 名字，以及超过 64 个字符的名字。其他文字的名字由
        `tool.name_is_cjk` 报告。

    为什么重要：
        OpenAI 接口和大多数兼容它的服务器拒绝这样的工具，训练好了也无法调用。LLaMA-Factory 的 `default`
        模板解析不出名字里带点或空格的调用。

    例子：
        `"name": "weather.query"`、`"name": "get weather"`

    怎么办：
        在定义和所有调用里一起改名，并给服务器保留一份新旧名字对照表。
    """

    code = "TC315"
    name = "tool.name_charset"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers({**WEATHER, "name": "get-weather_2"}))
    bad = (
        offers({**WEATHER, "name": "weather.query"}),
        offers({**WEATHER, "name": "get weather"}),
        offers({**WEATHER, "name": "w" * 65}),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            name = tool.name
            if name is None or not name.isascii():
                continue
            if not _ALLOWED.fullmatch(name):
                odd = " ".join(f"`{letter}`" for letter in dict.fromkeys(_ALLOWED.sub("", name)))
                text = Prose(
                    f"servers refuse the name `{name}`: it has {odd}", f"服务器拒绝名字 `{name}`：其中有 {odd}"
                )
            elif len(name) > _LONGEST:
                text = Prose(
                    f"servers refuse the name `{name[:20]}…`: {len(name)} characters, at most {_LONGEST} are allowed",
                    f"服务器拒绝名字 `{name[:20]}…`：有 {len(name)} 个字符，最多 {_LONGEST} 个",
                )
            else:
                continue
            hint = Prose("use letters, digits, `_` and `-`", "只用字母、数字、`_` 和 `-`")
            yield self.on_tool(conversation, index, text, inside=name_at(tool), hint=hint)
