"""tool.required_absent: arguments of which none is required."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity


class ToolRequiredAbsent(Rule):
    """How many tools require none of their arguments.

    What it does:
        Counts tools that declare arguments and require none, once other spellings of `required` were read.

    Why it matters:
        It is a statistic: a set in which hardly anything is required teaches the model that every argument may be left
        out. It also shows tools that lost their `required` on the way.

    Example:
        `{"type": "object", "properties": {"city": ...}}`

    What to do:
        List in `required` what the tool cannot work without.
    """

    chinese = """统计没有任何必填参数的工具。

    检查什么：
        统计声明了参数却一个都不要求必填的工具；`required` 的其他写法会先读懂再判断。

    为什么重要：
        这只是统计：如果几乎没有参数是必填的，模型会学成什么参数都可以不给。它也能暴露在转换中丢失了 `required` 的工具。

    例子：
        `{"type": "object", "properties": {"city": ...}}`

    怎么办：
        把工具缺了就无法工作的参数写进 `required`。
    """

    code = "TC326"
    name = "tool.required_absent"
    severity = Severity.INFO
    looks_at = "tools"
    good = (FINE, offers({**WEATHER, "parameters": {"type": "object", "properties": {}}}))
    bad = (offers(tool("search_book", keyword={"type": "string"})),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, found in enumerate(conversation.tools):
            schema = compiled_of(found).normalised.schema
            if isinstance(schema, dict) and schema.get("properties") and not schema.get("required"):
                text = Prose(f"{named(found)} requires none of its arguments", f"{named_zh(found)}没有必填参数")
                yield self.on_tool(conversation, index, text, inside=found.parameters_pointer)
