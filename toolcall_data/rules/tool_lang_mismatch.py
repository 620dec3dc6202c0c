"""tool.lang_mismatch: descriptions that a translator left behind."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import descriptions, language_of, words_of
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity

_ENGLISH: JSON = {"type": "string", "description": "The city to search in"}
_CHINESE: JSON = {"type": "string", "description": "要查询的城市"}
_LANGUAGES = {"zh": Prose("Chinese", "中文"), "en": Prose("English", "英文")}


def _has_two_languages(conversation: Conversation) -> bool:
    """Whether the descriptions are in more than one language."""
    return len(frozenset().union(*(words_of(tool).languages for tool in conversation.tools))) > 1


class ToolLangMismatch(Rule):
    """The descriptions of a row's tools should be in one language, the user's.

    What it does:
        Reports a tool, once, with descriptions in another language than the user's, where other descriptions of the
        row's tools are in the user's. Tools that are all in another language are not reported: servers often describe
        theirs in English, whoever asks.

    Why it matters:
        Half-translated tools are what a translator leaves behind, often deep in nested arguments. The model learns
        prompts that no server sends.

    Example:
        A Chinese question, a tool described as `查询酒店`, and its argument as `The city to search in`.

    What to do:
        Translate what was left, or restore the original of all.
    """

    chinese = """一行里各工具的描述应当用同一种语言，即用户的语言。

    检查什么：
        同一行的工具描述有些用了用户的语言、有些没有时，报告没有用的工具，每个工具报一次。全部用另一种语言的不报告：
        不管谁来问，服务器常用英文描述自己的工具。

    为什么重要：
        翻译了一半的工具是翻译时漏掉的，常在深层嵌套的参数里。模型学到的是没有服务器会发送的提示。

    例子：
        中文提问，工具描述是 `查询酒店`，参数描述却是 `The city to search in`。

    怎么办：
        把漏掉的译完，或全部恢复原文。
    """

    code = "TC341"
    name = "tool.lang_mismatch"
    severity = Severity.WARNING
    only_if = OfTools(_has_two_languages)
    good = (
        FINE,
        offers({**tool("find_hotel", city=_ENGLISH), "description": "Find a hotel in a city"}),
        offers({**tool("find_hotel", city=_CHINESE), "description": "查询酒店"}),
    )
    bad = (offers({**tool("find_hotel", city=_ENGLISH), "description": "查询酒店"}),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        written = _languages(conversation)
        if len({language for _, _, language in written}) < 2:
            return
        asked = _asked_in(conversation)
        told: set[int] = set()
        for index, place, language in written:
            if asked is None or language == asked or index in told:
                continue
            told.add(index)
            tool_ = conversation.tools[index]
            theirs, ours = _LANGUAGES[language], _LANGUAGES[asked]
            text = Prose(
                f"a description of {named(tool_)} is {theirs}, others are {ours}, as the user writes",
                f"{named_zh(tool_)}有一处描述是{theirs.zh}，其他描述和用户都用{ours.zh}",
            )
            yield self.on_tool(conversation, index, text, inside=place)


_REMEMBERED: dict[str, tuple[tuple[int, str, str], ...]] = {}
_MOST_REMEMBERED = 4096


def _languages(conversation: Conversation) -> tuple[tuple[int, str, str], ...]:
    """Each description whose language is clear: the tool's number, its place, the language. Remembered by the text."""
    text = conversation.tools_text
    known = _REMEMBERED.get(text) if text is not None else None
    if known is not None:
        return known
    read = ((index, place, language_of(said)) for index, place, said in descriptions(conversation))
    found = tuple((index, place, language) for index, place, language in read if language is not None)
    if text is not None:
        if len(_REMEMBERED) >= _MOST_REMEMBERED:
            _REMEMBERED.clear()
        _REMEMBERED[text] = found
    return found


def _asked_in(conversation: Conversation) -> str | None:
    return language_of(" ".join(message.text for message in conversation.messages if message.role == "user"))
