"""zh.enum_translated: a choice that the description lists in English and the call has in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import replaced
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._bilingual import choice_for
from toolcall_data.rules._chinese import has_han
from toolcall_data.rules._descriptions import words_of
from toolcall_data.rules._edit import with_calls
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules.base import Finding, Rule

_LISTED = re.compile(
    r"[A-Za-z_]{2,20}(?:['\"`”’]?\s?(?:/|\||、|,|，|或者?|和|\bor\b|\band\b)\s?['\"`“‘]?[A-Za-z_]{2,20}){1,20}"
)
_WORD = re.compile(r"[A-Za-z_]{2,20}")
_LINKS = frozenset({"or", "and", "the", "of", "in", "to", "is", "for"})
_CONVERT = tool("convert", unit={"type": "string", "description": "目标单位：celsius 或 fahrenheit"})


@lru_cache(maxsize=4096)
def listed(description: str) -> list[str]:
    """The English words that a description lists as choices."""
    return [
        word for found in _LISTED.finditer(description[:2000]) for word in _WORD.findall(found[0]) if word not in _LINKS
    ]


def _lists_choices(conversation: Conversation) -> bool:
    """Whether a description lists English words as choices."""
    return any(listed(text) for tool in conversation.tools for text in words_of(tool).said)


class ZhEnumTranslated(Rule):
    """A choice that the tool lists in English must not be translated.

    What it does:
        Reports a Chinese argument that translates exactly one of the English choices which its description lists, such
        as 摄氏度 where it says `celsius 或 fahrenheit`. Choices that the schema declares in `enum` are judged by
        `call.enum`.

    Why it matters:
        The server knows the English choices only, and the model learns to translate them.

    Example:
        `"unit": "摄氏度"` where the description says `celsius 或 fahrenheit`.

    What to do:
        Write the choice as listed (the fix does), and declare the choices in `enum`.
    """

    code = "TC706"
    name = "zh.enum_translated"
    looks_at = "calls"
    only_if = OfTools(_lists_choices)
    applicability = "unsafe"
    chinese = """工具用英文列出的选项不能翻译。

    检查什么：
        参数描述里列出了英文选项（如 `celsius 或 fahrenheit`），参数值却是其中唯一一个选项的中文译文时报告。
        写在 `enum` 里的选项由 `call.enum` 判断。

    为什么重要：
        服务端只认英文选项，模型却学着去翻译。

    例子：
        描述写着 `celsius 或 fahrenheit`，参数是 `"unit": "摄氏度"`。

    怎么办：
        照选项原文写（自动修复会改），并在 `enum` 里声明选项。
    """
    good = (
        FINE,
        row(
            human("25 度换成华氏度"),
            call("convert", unit="fahrenheit"),
            observation({"value": 77}),
            gpt("77 华氏度。"),
            tools=[_CONVERT],
        ),
    )
    bad = (
        row(
            human("25 度换成华氏度"),
            call("convert", unit="华氏度"),
            observation({"value": 77}),
            gpt("77 华氏度。"),
            tools=[_CONVERT],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for each in arguments(conversation):
            if (choice := _choice(each)) is not None:
                text = Prose(
                    f"`{each.name}` is {each.value}, a translation of the choice `{choice}`",
                    f"`{each.name}` 的值“{each.value}”是选项 `{choice}` 的译文",
                )
                hint = Prose(f"write `{choice}`", f"写成 `{choice}`")
                yield self.on_call(conversation, each.call, text, inside=each.at, hint=hint)

    def fix(self, conversation: Conversation) -> Conversation:
        chosen = [(each, choice) for each in arguments(conversation) if (choice := _choice(each)) is not None]
        return with_calls(conversation, lambda call: _mended(call, chosen)) if chosen else conversation


def _choice(argument: Argument) -> str | None:
    """The listed choice that the argument translates."""
    value, said = argument.value, argument.schema.get("description")
    if not isinstance(value, str) or len(value) > 8 or not isinstance(said, str) or "enum" in argument.schema:
        return None
    return choice_for(value, listed(said)) if has_han(value) and value not in said else None


def _mended(call: Call, chosen: list[tuple[Argument, str]]) -> Call:
    changed = call.arguments
    for each, choice in chosen:
        if each.call is call:
            changed = replaced(changed, parts(each.at), choice)
    return call if changed is call.arguments else call.model_copy(update={"arguments": changed})
