"""Sentences that users read, in English and in Chinese."""

from __future__ import annotations

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]


class Prose(str):
    """A sentence in English that carries its Chinese in `zh`; to everything else it is the English string.

    Codes, names of rules and keys of JSON are the same in both languages.
    """

    __slots__ = ("zh",)

    zh: str

    def __new__(cls, en: str, zh: str) -> Prose:
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def __reduce__(self) -> tuple[type[Prose], tuple[str, str]]:
        return Prose, (str(self), self.zh)


def said(text: str, language: Language) -> str:
    """A sentence in a language; text that has no Chinese is said in English."""
    return text.zh if language == "zh" and isinstance(text, Prose) else str(text)
