"""tool.optional_without_default: an optional argument without a default."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import arguments
from toolcall_data.rules.base import Finding, Rule, Severity

_ALL_SAID = {
    **WEATHER,
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "城市名"},
            "days": {"type": "integer", "description": "预报天数", "default": 1},
        },
        "required": ["city"],
    },
}


class ToolOptionalWithoutDefault(Rule):
    """How many optional arguments have no default.

    What it does:
        Counts arguments that are neither required nor have a `default`.

    Why it matters:
        It is a statistic. BFCL asks for such a default in its own rules, and half of its own simple tools have none.
        What happens when the argument is left out is then known to the server only.

    Example:
        `{"properties": {"days": {"type": "integer"}}, "required": []}`

    What to do:
        Name the default in the schema or in the description if you know it.
    """

    chinese = """统计没有默认值的可选参数。

    检查什么：
        统计既非必填、又没有 `default` 的参数。

    为什么重要：
        这只是统计。BFCL 的规范要求写默认值，而它自己的简单工具里有一半没有写。不给这个参数时会怎样，只有服务器知道。

    例子：
        `{"properties": {"days": {"type": "integer"}}, "required": []}`

    怎么办：
        知道默认值的话，写进模式或描述里。
    """

    code = "TC328"
    name = "tool.optional_without_default"
    severity = Severity.INFO
    looks_at = "tools"
    good = (offers(_ALL_SAID),)
    bad = (FINE,)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in arguments(conversation):
            if not part.required and "default" not in part.schema:
                text = Prose(
                    f"{part.label} of {named(part.tool)} is optional and has no default",
                    f"{named_zh(part.tool)}的{part.label_zh}是可选的，没有默认值",
                )
                yield self.on_tool(conversation, part.index, text, inside=part.at)
