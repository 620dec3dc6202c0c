"""How the messages of a conversation follow each other: what several rules about its structure ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, Result
from toolcall_data.prose import Prose

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


def a_message(message: AnyMessage) -> Prose:
    """What a message is, as in `a call message` or `an assistant message`."""
    name = (message.meant or "unknown") if message.role == "malformed" else message.role
    english, chinese = _ROLE_WORDS["call" if has_calls(message) else name]
    return Prose(f"{english} message", f"{chinese}消息")


_ROLE_WORDS = {
    "user": ("a user", "用户"),
    "assistant": ("an assistant", "助手"),
    "call": ("a call", "调用"),
    "tool": ("a result", "结果"),
    "system": ("a system", "系统"),
    "unknown": ("an unknown", "角色未知的"),
}
