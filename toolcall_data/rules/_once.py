"""Remembering what was found out about the conversation at hand: many rules ask the same about one row."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TypeVar

from toolcall_data.conversation.model import Conversation

Found = TypeVar("Found")


def once(find: Callable[[Conversation], Found]) -> Callable[[Conversation], Found]:
    """The function, asked once for all questions about one conversation that follow each other.

    The conversation asked about last is held, and no other.
    """
    last: tuple[Conversation, Found] | None = None

    def ask(conversation: Conversation) -> Found:
        nonlocal last
        known = last
        if known is None or known[0] is not conversation:
            known = last = (conversation, find(conversation))
        return known[1]

    return update_wrapper(ask, find)
