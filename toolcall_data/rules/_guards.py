"""Conditions without which a family of rules cannot find anything: asked once, they spare the family its work.

A guard is no second implementation: it may be true where nothing is wrong, and `tests/rules/test_guards.py` proves
over all samples and over made-up rows that no rule finds anything where its guard is false.
"""

from __future__ import annotations

import re

from toolcall_data.conversation.model import AnyMessage, Call, Conversation

_REGULAR = re.compile(r"(?:u(?:ct)*a)*(?:u(?:ct)*c)?")
"""Questions, each with any number of calls and their results, and an answer; the row may end on a call."""


def is_irregular(conversation: Conversation) -> bool:
    """Whether messages follow each other in any other way than question, calls with results, answer."""
    if conversation.problems or not conversation.messages:
        return True
    return _REGULAR.fullmatch("".join([_letter(message) for message in conversation.messages])) is None


def _letter(message: AnyMessage) -> str:
    if message.role == "assistant":
        return "c" if message.calls else "a"
    return message.role[0]


def has_odd_call(conversation: Conversation) -> bool:
    """Whether a call is anything but a name with one object of arguments, each key once, all numbers finite."""
    return any(_is_odd(call) for call in conversation.calls)


def _is_odd(call: Call) -> bool:
    return (
        call.error is not None
        or type(call.arguments) is not dict
        or bool(call.duplicate_keys)
        or call.not_finite
        or not call.name
    )
