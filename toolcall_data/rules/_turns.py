"""How the messages of a conversation follow each other: what several rules about its structure ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, Result

JOINS_RESULTS = frozenset({"sharegpt"})
"""Formats in which one message holds all results of a step; in OpenAI messages each has its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """A message with calls and the results directly after it; `index` is that of the message."""

    index: int
    message: Assistant
    results: tuple[Result, ...]


def steps(conversation: Conversation) -> Iterator[Step]:
    """Every message with calls, and its results."""
    messages = conversation.messages
    for index, message in enumerate(messages):
        if message.role == "assistant" and message.calls:
            yield Step(index, message, tuple(results_from(messages, index + 1)))


def results_from(messages: tuple[AnyMessage, ...], start: int) -> Iterator[Result]:
    """The run of results that begins at `start`."""
    for message in messages[start:]:
        if message.role != "tool":
            return
        yield message


def neighbours(conversation: Conversation) -> Iterator[tuple[AnyMessage, AnyMessage]]:
    """Each message with the next one, system messages left out."""
    return pairwise([message for message in conversation.messages if message.role != "system"])


def has_calls(message: AnyMessage) -> bool:
    return message.role == "assistant" and bool(message.calls)


def texts(message: AnyMessage) -> Iterator[str]:
    """The texts of a message that a trainer sees: thinking, text and calls, or the result."""
    if message.role == "assistant":
        if message.thinking:
            yield message.thinking
        yield message.text
        for call in message.calls:
            yield call.raw
    elif message.role == "tool":
        yield message.content
    elif message.role != "malformed":
        yield message.text


ROLE_WORDS = {"user": "user", "assistant": "assistant", "tool": "result", "system": "system"}
"""The words for a message's role in findings."""


def a_message(message: AnyMessage) -> str:
    """What a message is, as in `a call message` or `an assistant message`."""
    name = (message.meant or "unknown") if message.role == "malformed" else ROLE_WORDS[message.role]
    name = "call" if has_calls(message) else name
    return f"{'an' if name[0] in 'aeio' else 'a'} {name} message"
