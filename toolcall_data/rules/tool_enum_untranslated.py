"""tool.enum_untranslated: allowed values of which only some were translated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._descriptions import han_count
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import enums
from toolcall_data.rules.base import Finding, Rule, Severity

_WORD = re.compile(r"[A-Za-z]?[a-z]{2,}(?:[ _-][A-Za-z]?[a-z]+)*")
_LONGEST = 60
_CUISINE: JSON = {"type": "string", "description": "菜系", "enum": ["意大利菜", "川菜"]}
_PRICE: JSON = {"type": "string", "description": "价位", "enum": ["cheap", "expensive"]}


class ToolEnumUntranslated(Rule):
    """A tool's enums should be translated all or not at all.

    What it does:
        Reports an enum of English words where the same enum or another one of the tool has Chinese values. Codes and
        abbreviations (`USD`, `A4`) count as no words, and a tool whose enums are all English is fine.

    Why it matters:
        The server knows one of the two languages only. In such rows the calls were often translated too, so that they
        no longer give a value that is allowed (`call.enum`).

    Example:
        `"cuisine": ["意大利菜", "川菜"]` beside `"price": ["cheap", "expensive"]`

    What to do:
        Find out what the server takes, and write all enums and the calls that way.
    """

    chinese = """同一个工具的 enum 要么都翻译，要么都不翻译。

    检查什么：
        同一个 enum 或同一工具的另一个 enum 里有中文值时，报告仍是英文单词的 enum。代码和缩写（`USD`、`A4`）不算单词；
        全部是英文的工具没有问题。

    为什么重要：
        服务器只认识其中一种语言。这样的行里，调用往往也被翻译了，给出的不再是允许的值（`call.enum`）。

    例子：
        `"cuisine": ["意大利菜", "川菜"]` 与 `"price": ["cheap", "expensive"]` 并列

    怎么办：
        弄清服务器接受哪一种，把所有 enum 和调用都写成那一种。
    """

    code = "TC334"
    name = "tool.enum_untranslated"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (
        FINE,
        offers(tool("find_food", cuisine=_CUISINE, currency={"type": "string", "enum": ["CNY", "USD"]})),
        offers(tool("find_food", price=_PRICE)),
    )
    bad = (
        offers(tool("find_food", cuisine=_CUISINE, price=_PRICE)),
        offers(tool("find_food", taste={"type": "string", "enum": ["辣", "sweet"]})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        found = list(enums(conversation))
        chinese = {part.index for part, values in found if any(_is_chinese(value) for value in values)}
        for part, values in found:
            word = next((value for value in values if _is_word(value)), None)
            if part.index in chinese and word is not None:
                text = Prose(
                    f"the enum of {part.label} of {named(part.tool)} has the English value {shown(word)}, others "
                    "of the tool are Chinese",
                    f"{named_zh(part.tool)}的{part.label_zh}的 enum 里有英文值 {shown(word)}，而该工具的其他值是中文",
                )
                yield self.on_tool(conversation, part.index, text, inside=f"{part.at}/enum")


def _is_chinese(value: JSON) -> bool:
    return isinstance(value, str) and han_count(value[:_LONGEST]) > 0


def _is_word(value: JSON) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and _WORD.fullmatch(value) is not None
