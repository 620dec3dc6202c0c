"""The canonical JSON of a conversation: one line, what is as by default left out, read back equal."""

from __future__ import annotations

from toolcall_data.conversation.model import Conversation


def to_json(conversation: Conversation, *, with_origin: bool = True) -> bytes:
    """UTF-8 JSON on one line; places are not part of it."""
    left_out = None if with_origin else {"origin"}
    return conversation.model_dump_json(exclude_defaults=True, exclude_none=True, exclude=left_out).encode()


def from_json(text: bytes | str) -> Conversation:
    """The conversation a canonical JSON holds."""
    return Conversation.model_validate_json(text)
