"""Chances that are the same for the same seed and number."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """The chances of one input. `scale` makes every repetition so many times as long and changes nothing else."""

    def __init__(self, seed: int, number: int, scale: int = 1) -> None:
        self._random = random.Random(f"{seed}:{number}")
        self.scale = scale

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self._random.randrange(len(items))]

    def below(self, end: int) -> int:
        """A number from 0, below `end`; 0 where there is none."""
        return self._random.randrange(end) if end > 0 else 0

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def few(self, most: int) -> int:
        """From 1 to `most`, mostly small."""
        return 1 + int(most * self._random.random() ** 3)

    def many(self, most: int) -> int:
        """How often something is repeated: from 2 to `most`, any order of magnitude as likely, times the scale."""
        return int(2 * (most / 2) ** self._random.random()) * self.scale

    def mixed(self, items: Sequence[Item]) -> list[Item]:
        return self._random.sample(items, len(items))
