"""tool.desc_missing: a tool without a description."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import is_blank
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity

_BARE = {key: value for key, value in WEATHER.items() if key != "description"}


class ToolDescMissing(Rule):
    """A tool should say what it does.

    What it does:
        Reports a tool without `description`, with an empty one, or with one that is no string.

    Why it matters:
        The model must guess from the name when to use the tool, and learns to choose by name. ms-swift refuses a
        description that is null.

    Example:
        `{"name": "get_weather", "parameters": {...}}`

    What to do:
        Write one sentence: what the tool does and when it is the right one.
    """

    chinese = """工具应当说明自己做什么。

    检查什么：
        报告没有 `description`、`description` 为空或不是字符串的工具。

    为什么重要：
        模型只能凭名字猜什么时候用它，于是学会按名字选工具。ms-swift 拒绝为 null 的描述。

    例子：
        `{"name": "get_weather", "parameters": {...}}`

    怎么办：
        写一句话：工具做什么，什么时候该用它。
    """

    code = "TC319"
    name = "tool.desc_missing"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE,)
    bad = (offers(_BARE), offers({**WEATHER, "description": " "}), offers({**WEATHER, "description": None}))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if isinstance(tool.raw, dict) and is_blank(tool):
                yield self.on_tool(
                    conversation, index, Prose(f"{named(tool)} has no description", f"{named_zh(tool)}没有描述")
                )
