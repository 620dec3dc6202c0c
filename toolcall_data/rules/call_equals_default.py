"""call.equals_default: an argument that says what its default says."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import Argument, arguments, without_optional
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import asked
from toolcall_data.rules.base import Finding, Rule, Severity

_SEARCH = tool(
    "search_notes", ["keyword"], keyword={"type": "string"}, limit={"type": "integer", "default": 10, "minimum": 1}
)


class CallEqualsDefault(Rule):
    """A statistic: optional arguments that repeat their default.

    What it does:
        Counts optional arguments whose value is exactly the `default` that their tool declares. The rule runs only
        when it is named.

    Why it matters:
        Such a call is right but says more than it must. A set full of them teaches the model to copy the schema, and
        benchmarks that allow an argument to be left out may count its value as one more thing to get wrong.

    Example:
        `{"keyword": "周报", "limit": 10}` where `limit` has the default 10.

    What to do:
        Leave the argument out (the fix does), unless the user asked for that very value.
    """

    chinese = """统计：与默认值相同的可选参数。

    检查什么：
        数出取值恰好等于工具所声明 `default` 的可选参数。只有点名才运行本规则。

    为什么重要：
        这样的调用没有错，只是说了不必说的话。这类数据多了，模型会学着照抄模式；允许省略参数的评测里，
        多写一个值就多一处可能出错。

    例子：
        `limit` 的默认值是 10，调用写了 `{"keyword": "周报", "limit": 10}`。

    怎么办：
        省略该参数（自动修复会这样做）；用户明确说了这个值时可以保留。
    """
    code = "TC426"
    name = "call.equals_default"
    severity = Severity.INFO
    looks_at = "calls"
    applicability = "safe"
    good = (asked(_SEARCH, keyword="周报", limit=5), asked(_SEARCH, keyword="周报"))
    bad = (asked(_SEARCH, keyword="周报", limit=10),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if _repeats_default(found):
                mends = without_optional(conversation, found.call, _repeats_default) is not found.call
                value = shown(found.value)
                text = Prose(f"`{found.name}` repeats its default {value}", f"`{found.name}` 与默认值 {value} 相同")
                yield self.on_call(conversation, found.call, text, inside=found.at, mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        if not any(map(_repeats_default, arguments(conversation))):
            return conversation
        return with_calls(conversation, lambda call: without_optional(conversation, call, _repeats_default))


def _repeats_default(found: Argument) -> bool:
    if not found.optional or "default" not in found.schema or found.value is None:
        return False
    return found.value == found.schema["default"] and encode(found.value) == encode(found.schema["default"])
