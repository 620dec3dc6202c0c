"""Calls as Glaive writes them: `<functioncall> {"name": "f", "arguments": '{...}'}`, JSON in quotes inside JSON."""

from __future__ import annotations

import re

from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import Call, CallError
from toolcall_data.formats._calls import calls_of_value
from toolcall_data.formats._literals import value_at

_HEAD = re.compile(r'\{\s*"name"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")\s*,\s*"arguments"\s*:\s*\'\s*', re.DOTALL)
_TAIL = re.compile(r"\s*'\s*\}")
_BORDER = re.compile(r"<functioncall>|\n\n")


def glaive_call(text: str, mark: re.Match[str], *, at: str) -> tuple[Call, int]:
    """The call whose `<functioncall>` is `mark`, and where the text goes on behind it.

    The arguments are read from their own first bracket on, so that quotes inside them do no harm.
    """
    start = mark.end()
    head = _HEAD.match(text, start)
    name = decode(head[1]).value if head else None
    found = value_at(text, head.end()) if head else None
    tail = _TAIL.match(text, found.end) if found and found.error is None else None
    if found and tail and isinstance(name, str):
        call = Call(
            name=name,
            arguments=found.value,
            raw=text[start : tail.end()],
            duplicate_keys=found.duplicate_keys,
            not_finite=found.not_finite,
            at=at,
            sub="/arguments",
        )
        return call, tail.end()
    whole = value_at(text, start)
    if whole.error is not None:
        border = _BORDER.search(text, start)
        stop = border.start() if border else len(text)
        body = text[start:stop].strip()
        return Call(raw=body, error=CallError(kind="not_json", detail=decode(body).error or "no JSON"), at=at), stop
    (call,) = calls_of_value(encode(whole.value), at=at)
    return _unpacked(call, text[start : whole.end]), whole.end


def _unpacked(call: Call, raw: str) -> Call:
    """A call whose arguments were written as a string, with the value that the string holds."""
    if not isinstance(call.arguments, str):
        return call.model_copy(update={"raw": raw})
    inner = decode(call.arguments)
    error = CallError(kind="not_json", detail=inner.error) if inner.error is not None else call.error
    return call.model_copy(update={"arguments": inner.value, "raw": raw, "error": error})
