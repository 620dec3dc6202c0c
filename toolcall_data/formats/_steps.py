"""Formats that write a step as several messages: its parts joined on the way in, and parted on the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call
from toolcall_data.formats._chat import gathered


def steps_joined(parts: Iterable[AnyMessage], *, thinking_apart: bool = False) -> list[AnyMessage]:
    """The messages, with adjacent parts of one step in one: a text, then any number of calls.

    Where thinking stands apart, it comes before the text. What follows in another order is a step of its own.
    """
    found: list[AnyMessage] = []
    step: list[Assistant] = []
    for part in parts:
        if step and not (isinstance(part, Assistant) and _goes_on(step, part, thinking_apart)):
            found.append(_joined(step))
            step = []
        if isinstance(part, Assistant):
            step.append(part)
        else:
            found.append(part)
    return [*found, _joined(step)] if step else found


def _goes_on(step: Sequence[Assistant], part: Assistant, thinking_apart: bool) -> bool:
    if part.thinking is not None:
        return False
    if part.calls and not part.text:
        return True
    return thinking_apart and len(step) == 1 and _only_thinks(step[0])


def _only_thinks(message: Assistant) -> bool:
    return message.thinking is not None and not message.text and not message.calls


def _joined(step: Sequence[Assistant]) -> Assistant:
    """One message of a step's parts; only its first two can hold a text."""
    head = step[0]
    if len(step) == 1:
        return head
    spoken = next((part for part in step[:2] if part.text), head)
    return head.model_copy(
        update={
            "text": spoken.text,
            "calls": tuple(call for part in step for call in part.calls),
            "weight": next((part.weight for part in step if part.weight is not None), None),
            "extra": gathered(part.extra for part in step),
            "value_at": spoken.value_at,
        }
    )


def step_items(
    messages: Sequence[AnyMessage],
    said: Callable[[Assistant], JSON],
    called: Callable[[Call, Assistant], JSON],
    other: Callable[[AnyMessage], JSON],
    *,
    thinking_apart: bool = False,
) -> list[JSON]:
    """Messages as `steps_joined` takes them: a step is its text, where there is one, and each of its calls.

    An empty text parts a step from the one right before it.
    """
    items: list[JSON] = []
    before: AnyMessage | None = None
    for message in messages:
        if not isinstance(message, Assistant):
            items.append(other(message))
        else:
            if isinstance(before, Assistant) and thinking_apart and _only_thinks(before):
                items.append(said(Assistant(role="assistant")))
            if is_said(message) or isinstance(before, Assistant):
                items.append(said(message))
            items += [called(call, message) for call in message.calls]
        before = message
    return items


def is_said(message: Assistant) -> bool:
    """Whether a step holds anything besides its calls."""
    return bool(message.text or message.extra or message.thinking is not None or not message.calls)
