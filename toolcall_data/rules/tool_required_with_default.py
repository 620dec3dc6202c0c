"""tool.required_with_default: a required argument that has a default."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import arguments
from toolcall_data.rules.base import Finding, Rule, Severity

_LIMIT: JSON = {"type": "integer", "description": "返回条数", "default": 10}


class ToolRequiredWithDefault(Rule):
    """A required argument should have no default.

    What it does:
        Reports an argument that is listed in `required` and has a `default` other than null.

    Why it matters:
        The two contradict each other: what has a default may be left out. The model learns to copy the default into
        every call, whatever the user wants.

    Example:
        `{"properties": {"limit": {"type": "integer", "default": 10}}, "required": ["limit"]}`

    What to do:
        Take the argument out of `required`, or drop the default, whichever the tool really does.
    """

    chinese = """必填参数不应有默认值。

    检查什么：
        报告列在 `required` 里、又带有非 null 的 `default` 的参数。

    为什么重要：
        两者矛盾：有默认值的参数本来可以不给。模型会学成在每次调用里照抄默认值，而不管用户要什么。

    例子：
        `{"properties": {"limit": {"type": "integer", "default": 10}}, "required": ["limit"]}`

    怎么办：
        按工具的实际行为，要么从 `required` 里去掉它，要么删掉默认值。
    """

    code = "TC327"
    name = "tool.required_with_default"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("search_book", ["keyword"], keyword={"type": "string"}, limit=_LIMIT)))
    bad = (offers(tool("search_book", ["keyword", "limit"], keyword={"type": "string"}, limit=_LIMIT)),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in arguments(conversation):
            if part.required and part.schema.get("default") is not None:
                value = shown(part.schema["default"])
                text = Prose(
                    f"{part.label} of {named(part.tool)} is required and has the default {value}",
                    f"{named_zh(part.tool)}的{part.label_zh}是必填的，却有默认值 {value}",
                )
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/default")
