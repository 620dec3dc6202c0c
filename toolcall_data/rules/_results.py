"""The results of a conversation, decoded and matched to their calls: once per conversation, for all rules that ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from toolcall_data.conversation.json_text import Decoded, decode
from toolcall_data.conversation.model import JSON, Call, Conversation, Result
from toolcall_data.rules._guards import Holds, facts
from toolcall_data.rules._once import once

_FAILED = re.compile(r"(?:error|fail(?:ed|ure)?|exception|失败|错误|异常|出错)", re.IGNORECASE)
_TEXT_ERROR = re.compile(r"\s*(?:error|exception|traceback|错误|失败|异常)\s*[:：(（]", re.IGNORECASE)
_MOST_LEAVES = 2000


class Returned(NamedTuple):
    """A result message: its index, its value where it is JSON (`error` says why it is none), and the calls it answers.

    `values` has one value a call where it is known which belongs to which, in the order of `calls`, else the one value.
    """

    index: int  # type: ignore[assignment]  # nobody looks for a value in a result as in a tuple
    message: Result
    value: JSON
    error: str | None
    calls: tuple[Call, ...] = ()
    values: tuple[JSON, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether the result says of itself that the call failed; every one of them where it answers several."""
        if self.message.is_error is not None:
            return self.message.is_error
        if self.error is not None:
            return _TEXT_ERROR.match(self.message.content) is not None
        return all(map(tells_error, self.values)) if len(self.values) > 1 else tells_error(self.value)


@once
def results(conversation: Conversation) -> tuple[Returned, ...]:
    """Every result, in order."""
    return tuple(_decoded(conversation))


_WORDS_OF_ERROR = Holds(results=r"rror|false|status|错误|状态|\\")
"""What tells of an error has one of these, or is escaped."""


def may_tell_error(conversation: Conversation) -> bool:
    """Whether a result may say that its call failed."""
    found = facts(conversation)
    return found.has_odd_result or _WORDS_OF_ERROR.among(found)


_ERROR = attrgetter("error")


def has_unreadable_result(conversation: Conversation) -> bool:
    """Whether a result is no JSON."""
    return any(map(_ERROR, results(conversation)))


def _decoded(conversation: Conversation) -> Iterator[Returned]:
    calls: tuple[Call, ...] = ()
    run: list[tuple[int, Result, Decoded]] = []
    for index, message in enumerate(conversation.messages):
        if message.role == "tool":
            run.append((index, message, decode(message.content)))
            continue
        if run:
            yield from _matched(run, calls)
            run = []
        calls = message.calls if message.role == "assistant" else ()
    yield from _matched(run, calls)


def _matched(run: list[tuple[int, Result, Decoded]], calls: tuple[Call, ...]) -> Iterator[Returned]:
    """The results of one step, each with the calls it answers where that is certain."""
    ids = {call.id: call for call in calls if call.id is not None}
    for position, (index, message, found) in enumerate(run):
        own: tuple[Call, ...] = ()
        values: tuple[JSON, ...] = (found.value,)
        if message.call_id in ids:
            own = (ids[message.call_id],)
        elif len(run) == len(calls):
            own = (calls[position],)
        elif len(run) == 1 and isinstance(found.value, list) and len(found.value) == len(calls):
            own, values = calls, tuple(found.value)
        yield Returned(index, message, found.value, found.error, own, values)


def tells_error(value: JSON) -> bool:
    """Whether a result's value says that the call failed."""
    if not isinstance(value, dict):
        return False
    if value.get("isError") is True or value.get("success") is False or value.get("ok") is False:
        return True
    if any(value.get(key) not in (None, False, "", 0, [], {}) for key in ("error", "errors", "错误")):
        return True
    status = value.get("status", value.get("状态"))
    if isinstance(status, str):
        return _FAILED.fullmatch(status.strip()) is not None
    code = value.get("status_code", status)
    return type(code) is int and 400 <= code < 600


def leaves(value: JSON) -> Iterator[str | int | float | bool]:
    """The texts, numbers and booleans inside a value, at most a few thousand."""
    left, count = [value], 0
    while left and count < _MOST_LEAVES:
        found = left.pop()
        count += 1
        if isinstance(found, dict):
            left += reversed(found.values())
        elif isinstance(found, list):
            left += reversed(found)
        elif found is not None:
            yield found
