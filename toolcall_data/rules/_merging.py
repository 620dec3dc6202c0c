"""Messages of one side, or several system prompts, made one: what the unsafe fixes of several rules do."""

from __future__ import annotations

from collections.abc import Iterable

from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, System, User
from toolcall_data.rules._edit import rewritten, with_messages


def joins(before: AnyMessage, after: AnyMessage) -> bool:
    """Whether two messages in a row can be one: questions, or an answer before an answer or a call."""
    if before.extra and after.extra and before.extra != after.extra:
        return False
    if isinstance(before, User) and isinstance(after, User):
        return True
    if not isinstance(before, Assistant) or not isinstance(after, Assistant) or before.calls:
        return False
    return before.weight == after.weight and all(call.error is None for call in after.calls)


def joined(messages: Iterable[AnyMessage]) -> list[AnyMessage]:
    """The messages with all that can be one made one, their texts on lines of their own."""
    result: list[AnyMessage] = []
    for message in messages:
        if result and joins(result[-1], message):
            result[-1] = _one(result[-1], message)
        else:
            result.append(message)
    return result


def _one(before: AnyMessage, after: AnyMessage) -> AnyMessage:
    extra = before.extra or after.extra
    if isinstance(before, User) and isinstance(after, User):
        return before.model_copy(update={"text": lines(before.text, after.text), "given": None, "extra": extra})
    assert isinstance(before, Assistant)
    assert isinstance(after, Assistant)
    thoughts = [thought for thought in (before.thinking, after.thinking) if thought is not None]
    update = {
        "text": lines(before.text, after.text),
        "thinking": "\n".join(thoughts) if thoughts else None,
        "extra": extra,
    }
    return rewritten((after if after.calls else before).model_copy(update=update))


def lines(*texts: str | None, between: str = "\n") -> str:
    """Texts one below the other, each once; empty ones are left out."""
    return between.join(dict.fromkeys(text for text in texts if text))


def with_system_of(conversation: Conversation, moved: Iterable[System], *texts: str) -> Conversation:
    """The conversation with the texts of system messages, and others, in its system prompt instead."""
    gone = [id(message) for message in moved]
    if not gone and not texts:
        return conversation
    taken = [message.text for message in conversation.messages if message.role == "system" and id(message) in gone]
    left = [message for message in conversation.messages if id(message) not in gone]
    system = lines(conversation.system, *texts, *taken, between="\n\n")
    return with_messages(conversation, left).model_copy(update={"system": system or None})
