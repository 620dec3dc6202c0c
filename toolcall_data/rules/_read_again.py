"""Calls that are no JSON, read as they were meant."""

from __future__ import annotations

from functools import lru_cache

from toolcall_data.conversation.json_repair import Repaired, named, repaired
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Assistant, Call
from toolcall_data.formats._calls import calls_of_value
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten
from toolcall_data.rules.base import Applicability


def certainty(message: Assistant) -> Applicability | None:
    """How sure the repair of a message's unread calls is; None where there are none, or one cannot be told."""
    kinds: set[Applicability] = set()
    for call in message.calls:
        if call.error is None:
            continue
        found = _meant(call.raw) if call.error.kind == "not_json" else None
        if found is None or not _calls(call, found):
            return None
        kinds.add("safe" if found.is_sure else "unsafe")
    return "unsafe" if "unsafe" in kinds else "safe" if kinds else None


def read_again(message: Assistant) -> Assistant:
    """The message with its calls read as they were meant; text around them is what it says beside them.

    Only for messages whose `certainty` is not None.
    """
    calls: list[Call] = []
    texts = [message.text]
    for call in message.calls:
        found = _meant(call.raw) if call.error is not None else None
        calls += (call,) if found is None else _calls(call, found)
        texts += [found.around] if found is not None and call.name is None else []
    text = "\n".join(filter(None, texts))
    return rewritten(message.model_copy(update={"calls": tuple(calls), "text": text}))


def advice(call: Call) -> str:
    """The hint that names the repairs; empty where there is none."""
    found = _meant(call.raw)
    if found is None:
        return ""
    what = named(found.repairs)
    if found.is_sure:
        return Prose(f"the fix repairs: {what}", f"自动修复会处理：{what.zh}")
    return Prose(f"the unsafe fix repairs: {what}", f"不安全的修复会处理：{what.zh}")


def _calls(call: Call, found: Repaired) -> tuple[Call, ...]:
    """The calls that a text meant; none where that is no call. A call that has a name lacks its arguments only."""
    if call.name is not None:
        (value, *others) = found.values
        changed = {"arguments": value, "raw": encode(value), "error": None}
        return (call.model_copy(update=changed),) if isinstance(value, dict) and not others else ()
    calls = tuple(each for value in found.values for each in calls_of_value(encode(value), at=call.at))
    return calls if all(each.error is None for each in calls) else ()


@lru_cache(maxsize=64)
def _meant(text: str) -> Repaired | None:
    """What a text that is no JSON meant; remembered, for the finding and the fix both ask."""
    return repaired(text)
