"""call.empty_string: an argument without a text."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import Argument, arguments, without_optional
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._guards import gives_blank
from toolcall_data.rules.base import Finding, Rule, Severity


class CallEmptyString(Rule):
    """A call should leave out what it does not know instead of giving an empty string.

    What it does:
        Reports an argument that is an empty string or only white space, unless its tool lists that value in an `enum`
        or as the default.

    Why it matters:
        The model learns to fill every blank of the schema. A search for `""` finds everything or nothing, and a
        required argument that is empty hides that the user never said it.

    Example:
        `{"city": "北京", "date": ""}`

    What to do:
        Leave out optional arguments (the fix does). For a required one, let the model ask, or make it optional.
    """

    chinese = """不知道的参数应当省略，而不是给空字符串。

    检查什么：
        参数是空字符串或只有空白；工具的 `enum` 或默认值里本来就有这个值的除外。

    为什么重要：
        模型会学着把模式里的每个空都填上。搜索 `""` 要么全中要么全空；必填参数留空，则掩盖了用户根本没说的事实。

    例子：
        `{"city": "北京", "date": ""}`

    怎么办：
        可选参数直接省略（自动修复会这样做）；必填参数应让模型追问，或在工具里改成可选。
    """
    code = "TC424"
    name = "call.empty_string"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(gives_blank)
    applicability = "safe"
    good = (FINE,)
    bad = (weather(city="北京", unit="", date=" "), weather(city=""))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if _is_blank(found):
                mends = found.optional and without_optional(conversation, found.call, _is_blank) is not found.call
                text = Prose(f"`{found.name}` is an empty string", f"`{found.name}` 是空字符串")
                yield self.on_call(conversation, found.call, text, inside=found.at, hint=_advice(found), mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        if not any(map(_is_blank, arguments(conversation))):
            return conversation
        return with_calls(conversation, lambda call: without_optional(conversation, call, _is_blank))


def _is_blank(found: Argument) -> bool:
    value, allowed = found.value, found.schema.get("enum")
    if type(value) is not str or value.strip():
        return False
    return found.schema.get("default") != value and not (isinstance(allowed, list) and value in allowed)


def _advice(found: Argument) -> str:
    if found.optional:
        return Prose("it is optional: leave it out", "它是可选参数：省略即可")
    return Prose("let the model ask for it", "应让模型先追问")
