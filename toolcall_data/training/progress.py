"""The trainer's own log of its steps, `trainer_log.jsonl`, as events.

LLaMA-Factory 0.9.5 (train/callbacks.py) appends one JSON object per line, in three shapes: training (`loss`, `lr`),
evaluation (`eval_loss`) and the summary at the end (neither). A resumed run appends again from its checkpoint's step.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolcall_data.events import TrainStep
from toolcall_data.training.tail import Tail

LOG_NAME = "trainer_log.jsonl"

_READ = {"current_steps", "total_steps", "epoch", "loss", "eval_loss", "lr", "elapsed_time", "remaining_time"}


def parse_line(line: str) -> TrainStep | None:
    """One line of the log, None when it is not one. `loss` may be NaN: the log writes NaN literally."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("current_steps"), int):
        return None
    return TrainStep(
        step=found["current_steps"],
        total_steps=int(found.get("total_steps") or 0),
        epoch=_number(found.get("epoch")),
        loss=_number(found.get("loss")),
        eval_loss=_number(found.get("eval_loss")),
        learning_rate=_number(found.get("lr")),
        elapsed_seconds=_seconds(found.get("elapsed_time")),
        remaining_seconds=_seconds(found.get("remaining_time")),
        tokens_per_second=_number(found.get("throughput")),
        extra={key: value for key, value in found.items() if key not in _READ | {"throughput"}},
    )


def read_steps(path: Path) -> list[TrainStep]:
    """Every step of a log, in order and each once; empty when there is no log."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return last_of_each(filter(None, map(parse_line, text.splitlines())))


def last_of_each(steps: Iterable[TrainStep]) -> list[TrainStep]:
    """The steps in order of their number; of those that a resumed run repeated, the last one counts."""
    kept = {(step.step, kind_of(step)): step for step in steps}
    order = {"train": 0, "eval": 1, "summary": 2}
    return [kept[key] for key in sorted(kept, key=lambda key: (key[0], order[key[1]]))]


def kind_of(step: TrainStep) -> str:
    """Which of the three shapes: `train`, `eval` or `summary`."""
    if step.loss is not None:
        return "train"
    return "eval" if step.eval_loss is not None else "summary"


def losses(steps: Iterable[TrainStep]) -> list[float]:
    """The training losses in order, NaN included."""
    return [step.loss for step in steps if step.loss is not None]


class Follower:
    """Yields the steps that a running trainer appends to `path`; what is there already is left out.

    `tokens_before` is what an earlier run had counted when this one went on: LLaMA-Factory 0.9.5 divides all tokens
    by the time since this start, which makes a resumed run look many times faster than it is.
    """

    def __init__(self, path: Path, *, tokens_before: int = 0) -> None:
        self._tail = Tail(path, skip_existing=True)
        self._tokens_before = tokens_before

    def new_steps(self) -> Iterator[TrainStep]:
        """The steps logged since the last call."""
        for step in filter(None, map(parse_line, self._tail.lines())):
            yield self._without_earlier_tokens(step)

    def _without_earlier_tokens(self, step: TrainStep) -> TrainStep:
        total = step.extra.get("total_tokens")
        if step.tokens_per_second is None or not isinstance(total, int) or total <= self._tokens_before:
            return step
        return replace(step, tokens_per_second=step.tokens_per_second * (total - self._tokens_before) / total)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(text: Any) -> float | None:
    """Seconds of Python's `str(timedelta)`: `0:01:05`, `1 day, 0:00:00`, `2 days, 3:04:05`."""
    if not isinstance(text, str):
        return None
    days, _, clock = text.rpartition(", ")
    try:
        hours, minutes, seconds = (float(part) for part in clock.split(":"))
        whole = float(days.split()[0]) if days else 0.0
    except (ValueError, IndexError):
        return None
    found = ((whole * 24 + hours) * 60 + minutes) * 60 + seconds
    return found if math.isfinite(found) else None
