"""tool.desc_short: a description too short to choose by."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import han_count, is_blank, latin_words, says_only_name
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolDescShort(Rule):
    """A tool's description should be more than a single word.

    What it does:
        Reports a description of fewer than four Chinese characters or two words. One that only repeats the name is the
        matter of `tool.desc_equals_name`.

    Why it matters:
        A single word does not tell the tool from its neighbours, so the model learns to choose by name.

    Example:
        `"description": "搜索"`

    What to do:
        Say what is searched, and for what: `按关键词搜索馆藏图书`.
    """

    chinese = """工具的描述不应只有一个词。

    检查什么：
        报告少于四个汉字或两个单词的描述。只是重复名字的描述由 `tool.desc_equals_name` 报告。

    为什么重要：
        一个词说不清它和其他工具的区别，模型会学成按名字选工具。

    例子：
        `"description": "搜索"`

    怎么办：
        说清搜索什么、依据什么：`按关键词搜索馆藏图书`。
    """

    code = "TC320"
    name = "tool.desc_short"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (
        FINE,
        offers({**WEATHER, "description": "查询天气"}),
        offers({**WEATHER, "description": "Weather forecast"}),
    )
    bad = (offers({**WEATHER, "description": "搜索"}), offers({**WEATHER, "description": "forecast"}))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if not is_blank(tool) and _is_short(tool.description or "") and not says_only_name(tool):
                yield self.on_tool(conversation, index, _said(tool), inside=_at(tool))


def _is_short(text: str) -> bool:
    """Two Chinese characters count as one word."""
    return len(text) < 100 and han_count(text) / 2 + len(latin_words(text)) < 2


def _said(tool: Tool) -> Prose:
    text = (tool.description or "").strip()
    return Prose(
        f"the description of {named(tool)} is too short to choose by: `{text}`",
        f"{named_zh(tool)}的描述太短，无法据此选择工具：`{text}`",
    )


def _at(tool: Tool) -> str:
    return "/function/description" if tool.is_wrapped else "/description"
