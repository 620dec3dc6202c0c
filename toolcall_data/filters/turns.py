"""Limits on the number of turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import NonNegativeInt, model_validator

from toolcall_data.filters.base import Filter

if TYPE_CHECKING:
    import polars as pl


class Turns(Filter):
    """Keep conversations within limits of user turns and of messages."""

    name: ClassVar[str] = "turns"

    min_turns: NonNegativeInt = 0
    """Fewest user messages."""
    max_turns: NonNegativeInt | None = None
    """Most user messages. None: no limit."""
    max_messages: NonNegativeInt | None = None
    """Most messages of any role, the leading system prompt not counted. None: no limit."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_turns is not None and self.max_turns < self.min_turns:
            raise ValueError("max_turns is below min_turns: nothing would be kept")
        return self

    def keep(self) -> pl.Expr:
        import polars as pl

        fits = pl.col("n_turns") >= self.min_turns
        if self.max_turns is not None:
            fits = fits & (pl.col("n_turns") <= self.max_turns)
        if self.max_messages is not None:
            fits = fits & (pl.col("n_messages") <= self.max_messages)
        return fits

    def detail(self) -> pl.Expr:
        import polars as pl

        return pl.format("{} user turns, {} messages", pl.col("n_turns"), pl.col("n_messages"))
