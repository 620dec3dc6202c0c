"""What a running stage tells its listener: the command line prints it, the browser posts it, Python may ignore it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Started:
    """A step begins; `total` is the amount of work in `unit`s (rows, bytes, steps), None when unknown."""

    step: str
    total: int | None = None
    unit: str = "rows"


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` units of the step named last are finished."""

    step: str
    done: int
    total: int | None = None
    unit: str = "rows"


@dataclass(frozen=True, slots=True)
class Note:
    """One line worth reading.

    `level` is `info` (for the curious), `progress` (shown unless quiet) or `warning`.
    """

    text: str
    level: str = "info"


@dataclass(frozen=True, slots=True)
class TrainStep:
    """One line of the trainer's log.

    `loss` and `learning_rate` are None on evaluation and summary lines; `tokens_per_second` is None unless the
    trainer counts tokens; times are seconds.
    """

    step: int
    total_steps: int
    epoch: float | None = None
    loss: float | None = None
    eval_loss: float | None = None
    learning_rate: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None
    tokens_per_second: float | None = None
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """A step is finished; `summary` is one line for a person."""

    step: str
    summary: str


Event = Started | Progress | Note | TrainStep | Done

Tell = Callable[[Event], None]
"""A listener. It is called often and must return at once."""


def silence(event: Event) -> None:
    """The listener that does nothing."""
