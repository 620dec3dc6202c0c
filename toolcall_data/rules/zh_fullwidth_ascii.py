"""zh.fullwidth_ascii: digits and letters of full width in an argument."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import replaced
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._chinese import FULL_WIDTH, has_han, has_unusual_characters, unusual_characters
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Finding, Rule, Severity

_CODE = re.compile(r"[\w\s.,:：．，／－＿＠+＋#＃@/\-]+")


class ZhFullwidthAscii(Rule):
    """An argument should not have digits or letters of full width.

    What it does:
        Reports an argument, at any depth, with characters such as `０` or `Ａ`.

    Why it matters:
        `１３８` is not `138` to a server. The characters come from Chinese input methods, and the model learns to pass
        them on.

    Example:
        `"order_id": "Ａ１２３"`

    What to do:
        Write ASCII. The fix does so in values without a Chinese character, such as numbers and ids.
    """

    code = "TC709"
    name = "zh.fullwidth_ascii"
    severity = Severity.WARNING
    looks_at = "calls"
    applicability = "safe"
    only_if = staticmethod(has_unusual_characters)
    chinese = """参数里不应有全角数字和字母。

    检查什么：
        报告含有 `０`、`Ａ` 一类字符的参数，不论嵌套多深。

    为什么重要：
        对服务端来说 `１３８` 不是 `138`。这些字符来自中文输入法，模型会学着原样传过去。

    例子：
        `"order_id": "Ａ１２３"`

    怎么办：
        改成半角。自动修复只改不含汉字的值，例如数字和编号。
    """
    good = (FINE, weather(city="北京A区"))
    bad = (weather(city="Ａ１２３"), weather(city="北京Ａ区"))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if FULL_WIDTH.isdisjoint(unusual_characters(conversation)):
            return
        for each in arguments(conversation):
            if isinstance(each.value, str) and not FULL_WIDTH.isdisjoint(each.value):
                shown = "".join(dict.fromkeys(letter for letter in each.value if letter in FULL_WIDTH))[:8]
                said = Prose(
                    f"`{each.name}` has full-width characters: {shown}", f"`{each.name}` 含有全角字符：{shown}"
                )
                yield self.on_call(conversation, each.call, said, inside=each.at, mends=_narrow(each) is not None)

    def fix(self, conversation: Conversation) -> Conversation:
        narrow = [(each, text) for each in arguments(conversation) if (text := _narrow(each)) is not None]
        return with_calls(conversation, lambda call: _mended(call, narrow)) if narrow else conversation


def _narrow(argument: Argument) -> str | None:
    """The value in ASCII, None where it has nothing of full width or is more than a number or an id."""
    value = argument.value
    if not isinstance(value, str) or FULL_WIDTH.isdisjoint(value) or has_han(value) or not _CODE.fullmatch(value):
        return None
    narrow = unicodedata.normalize("NFKC", value)
    return narrow if FULL_WIDTH.isdisjoint(narrow) else None


def _mended(call: Call, narrow: list[tuple[Argument, str]]) -> Call:
    changed = call.arguments
    for each, text in narrow:
        if each.call is call:
            changed = replaced(changed, parts(each.at), text)
    return call if changed is call.arguments else call.model_copy(update={"arguments": changed})
