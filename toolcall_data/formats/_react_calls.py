"""Calls written in ReAct's notation: `Action: f`, and on the next line `Action Input: {...}`."""

from __future__ import annotations

import re
from collections.abc import Collection

from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Call, CallError
from toolcall_data.formats._literals import value_at

_END = re.compile(r"\s*(?:\Z|^(?=Action:|Thought:|Observation:|Final Answer:))", re.MULTILINE)
_BORDER = re.compile(r"^(?:Action|Thought|Observation|Final Answer):", re.MULTILINE)


def react_call(text: str, mark: re.Match[str], known: Collection[str], *, at: str) -> tuple[Call, int] | None:
    """The call whose two labels are `mark`, and where the text goes on behind it.

    None for prose that merely has such lines: its name is unknown, and its input begins like no JSON.
    """
    name, start = mark[0][len("Action:") :].partition("\n")[0].strip(), mark.end()
    if not name or not (name in known or text.startswith(("{", "["), start)):
        return None
    found = value_at(text, start)
    after = _END.match(text, found.end) if found.error is None else None
    if after is None:
        border = _BORDER.search(text, start)
        stop = border.start() if border else len(text)
        body = text[start:stop].strip()
        problem = CallError(kind="not_json", detail=decode(body).error or found.error or "no JSON")
        return Call(name=name, raw=text[mark.start() : stop].strip(), error=problem, at=at), stop
    call = Call(
        name=name,
        arguments=found.value,
        raw=text[mark.start() : found.end],
        duplicate_keys=found.duplicate_keys,
        not_finite=found.not_finite,
        at=at,
        sub="/arguments",
    )
    return call, after.end()
