"""Answers that decline: what several rules ask of an answer's first words."""

from __future__ import annotations

import re

_HEAD = 60
_REFUSAL = re.compile(
    r"(?:抱歉|对不起|不好意思|遗憾|作为一[个名]).{0,20}?(?:无法|不能|没有办法|没办法|不具备|没有.{0,6}(?:功能|能力)|只能)"
    r"|^(?:我|目前)?.{0,6}(?:无法|不能)(?:为您|帮您|帮你|直接|提供|执行|完成)"
    r"|\b(?:sorry|i apologi[sz]e|unfortunately|as an ai)\b.{0,40}?"
    r"\b(?:can't|cannot|can not|unable|not able|don't have|only)\b"
    r"|^i (?:can't|cannot|am unable|'m unable)\b",
    re.IGNORECASE,
)


def declines(text: str) -> bool:
    """Whether an answer's first words say that it cannot be done. It goes by wording: quotations count too."""
    return _REFUSAL.search(text[:_HEAD]) is not None
