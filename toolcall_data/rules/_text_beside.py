"""Call turns that hold text and bare JSON: the two told apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from toolcall_data.conversation.model import Assistant, Call
from toolcall_data.formats._calls import calls_of_value

_STARTS = re.compile(r"[{\[]\s*[{\"]")
_MOST_STARTS = 8
_NO_TEXT = frozenset("{[<`'\"")


class Parted(NamedTuple):
    """What stands before the JSON of a call turn, and the calls in it."""

    text: str
    calls: tuple[Call, ...]


def parted(message: Assistant) -> Parted | None:
    """The text and the calls of a turn that is text and then bare JSON; None where it is anything else.

    Markup, code fences and other brackets before the JSON make it something else.
    """
    if message.written is None or message.text or len(message.calls) != 1:
        return None
    [call] = message.calls
    if call.error is None or call.error.kind != "not_json":
        return None
    return _parted(call.raw, message.value_at)


@lru_cache(maxsize=16)
def _parted(raw: str, at: str) -> Parted | None:
    for start in _starts(raw):
        text = raw[:start].strip()
        if not text or not _NO_TEXT.isdisjoint(text):
            return None
        calls = calls_of_value(raw[start:].strip(), at=at)
        if all(call.error is None for call in calls):
            return Parted(text, calls)
    return None


def _starts(raw: str) -> list[int]:
    """Where JSON may begin, the first few places."""
    found = []
    for match in _STARTS.finditer(raw):
        found.append(match.start())
        if len(found) == _MOST_STARTS:
            break
    return found
