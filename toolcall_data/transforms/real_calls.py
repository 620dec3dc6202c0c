"""Calls that are written as text inside what the assistant says, made real calls."""

from __future__ import annotations

from collections.abc import Collection

from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.formats._written_calls import known_tools, written_calls


def real_calls(conversation: Conversation) -> tuple[Conversation, int]:
    """The conversation with its written calls as calls, and how many those are.

    A message stays text where it has calls already, or where any call in it cannot be read.
    """
    known = known_tools(conversation.tools)
    messages = tuple(_real(message, known) for message in conversation.messages)
    found = sum(_count(after) - _count(before) for before, after in zip(conversation.messages, messages, strict=True))
    return (conversation.model_copy(update={"messages": messages}), found) if found else (conversation, 0)


def _real(message: AnyMessage, known: Collection[str]) -> AnyMessage:
    if not isinstance(message, Assistant) or message.calls or not message.text:
        return message
    found = written_calls(message.text, known, at=message.value_at)
    if found is None or any(call.error is not None for call in found.calls):
        return message
    thoughts = [thought for thought in (message.thinking, found.thinking) if thought is not None]
    thinking = "\n\n".join(thoughts) if thoughts else None
    return message.model_copy(update={"text": found.text, "thinking": thinking, "calls": found.calls})


def _count(message: AnyMessage) -> int:
    return len(message.calls) if isinstance(message, Assistant) else 0
