"""The answers that rest on results: once per conversation, for all rules that ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolcall_data.conversation.model import Assistant, Conversation
from toolcall_data.rules._once import once
from toolcall_data.rules._results import Returned, results


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of the model with text and without calls, its index, and the results since the user spoke last."""

    index: int
    message: Assistant
    results: tuple[Returned, ...]


@once
def answers(conversation: Conversation) -> tuple[Answer, ...]:
    """Every answer with at least one result behind it."""
    return tuple(_answers(conversation))


def _answers(conversation: Conversation) -> Iterator[Answer]:
    left, since = iter(results(conversation)), list[Returned]()
    for index, message in enumerate(conversation.messages):
        if message.role == "tool":
            since.append(next(left))
        elif message.role == "user":
            since = []
        elif message.role == "assistant" and since and not message.calls and message.text.strip():
            yield Answer(index, message, tuple(since))
