"""What the words of a tool's definition say: its language, and whether they say more than its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._tool_parts import schema_parts

_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[A-Za-z]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FILLER_WORDS = "a an the this it is to of for function tool api method func call calls used use uses that which helper"
_FILLER = frozenset(_FILLER_WORDS.split())
_FILLER_ZH = re.compile(r"函数|工具|接口|方法|功能|一个|这个|用于|用来|的|调用|执行")
_MOST = 2000


def han_count(text: str) -> int:
    """How many Han characters a text has."""
    return len(_HAN.findall(text))


def latin_words(text: str) -> list[str]:
    """The words of a text written in Latin letters."""
    return _WORD.findall(text)


def language_of(text: str) -> str | None:
    """`zh` or `en` for a text that is mostly one of them; None where it is too short or mixed to say."""
    han, latin = han_count(text), len(latin_words(text))
    if han >= 2 and han >= latin:
        return "zh"
    return "en" if han == 0 and latin >= 3 else None


def is_blank(tool: Tool) -> bool:
    """Whether a tool has no description."""
    return not (tool.description or "").strip()


def says_only_name(tool: Tool) -> bool:
    """Whether a tool's description has no word that its name does not have."""
    text, name = (tool.description or "").strip()[:_MOST], tool.name
    if not text or name is None:
        return False
    said = {word for word in _plain_words(text) if word not in _FILLER}
    named = _plain_words(name)
    rest = _FILLER_ZH.sub("", "".join(_HAN.findall(text)))
    is_named = "".join(_HAN.findall(name))
    return (bool(said) or bool(rest) or text == name) and said <= set(named) and rest in ("", is_named)


def _plain_words(text: str) -> list[str]:
    return [word.lower() for word in latin_words(_HUMP.sub(" ", text))]


def descriptions(conversation: Conversation) -> Iterator[tuple[int, str, str]]:
    """Every description in the tools: the tool's number, the pointer below it, the text."""
    for index, tool in enumerate(conversation.tools):
        if tool.description:
            yield index, f"{'/function' if tool.is_wrapped else ''}/description", tool.description
    for part in schema_parts(conversation):
        text = part.schema.get("description")
        if isinstance(text, str) and text:
            yield part.index, f"{part.at}/description", text


@dataclass(frozen=True, slots=True)
class Words:
    """What the schema and the description of one tool hold, anywhere in them.

    `languages` are those of its descriptions, `said` the descriptions, and `shows_examples` says that a schema lists
    some beside them.
    """

    languages: frozenset[str]
    said: tuple[str, ...]
    shows_examples: bool


def words_of(tool: Tool) -> Words:
    """What a tool's words are: remembered by the tool itself, since lists that are all different repeat tools."""
    known = _WORDS.get(id(tool))
    if known is not None:
        return known[1]
    if len(_WORDS) >= _MOST_WORDS:
        _WORDS.clear()
    found = _words(tool)
    _WORDS[id(tool)] = (tool, found)
    return found


_WORDS: dict[int, tuple[Tool, Words]] = {}
"""By identity; each entry keeps its tool alive, so that no other can take its place."""
_MOST_WORDS = 4096


def _words(tool: Tool) -> Words:
    said: dict[str, None] = {}
    shows_examples = False
    left: list[JSON] = [tool.definition, compiled_of(tool).schema]
    for value in left:
        if type(value) is dict:
            shows_examples = shows_examples or "examples" in value or "example" in value
            if "description" in value and type(value["description"]) not in (dict, list):
                said[str(value["description"])] = None
            left += value.values()
        elif type(value) is list:
            left += value
    languages = frozenset(language for text in said if (language := language_of(text)) is not None)
    return Words(languages, tuple(said), shows_examples)


def name_at(tool: Tool) -> str:
    """Where a tool's name stands below its definition."""
    return "/function/name" if tool.is_wrapped else "/name"
