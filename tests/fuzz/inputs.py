"""Inputs: each follows from a seed and its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.fuzz.dice import Dice
from tests.fuzz.files import file_of, line_of, mutate_file
from tests.fuzz.values import mutate_text, mutate_value, row_of

Kind = Literal["file", "values", "texts"]
_KINDS: tuple[Kind, ...] = ("file", "values", "values", "texts", "texts")


@dataclass(frozen=True)
class Input:
    """Bytes to be read: a whole file, or the line of one row with `values` or `texts` mutated."""

    kind: Kind
    data: bytes


def input_of(seed: int, number: int, scale: int = 1) -> Input:
    """Input `number`; with a `scale`, the same one with every repetition so many times as long."""
    dice = Dice(seed, number, scale)
    kind = dice.one_of(_KINDS)
    if kind == "file":
        rows = [row_of(dice) for _ in range(dice.few(5))]
        if dice.chance(0.3):
            rows = [mutate_value(dice, row) for row in rows]
        return Input(kind, mutate_file(dice, file_of(dice, rows)))
    row = row_of(dice)
    for _ in range(dice.few(5)):
        row = mutate_value(dice, row) if kind == "values" else mutate_text(dice, row)
    return Input(kind, line_of(dice, row))
