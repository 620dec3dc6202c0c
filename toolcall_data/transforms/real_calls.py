"""Calls that are written as text inside what the assistant says, made real calls."""

from __future__ import annotations

from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.formats._written_calls import known_tools, with_real_calls


def real_calls(conversation: Conversation) -> tuple[Conversation, int]:
    """The conversation with its written calls as calls, and how many those are.

    A message stays text where it has calls already, or where any call in it cannot be read.
    """
    known = known_tools(conversation.tools)
    messages = tuple(
        with_real_calls(message, known) if message.role == "assistant" else message for message in conversation.messages
    )
    found = sum(_count(after) - _count(before) for before, after in zip(conversation.messages, messages, strict=True))
    return (conversation.model_copy(update={"messages": messages}), found) if found else (conversation, 0)


def _count(message: AnyMessage) -> int:
    return len(message.calls) if isinstance(message, Assistant) else 0
