"""Limits on the length of a conversation in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import NonNegativeInt, model_validator

from toolcall_data.filters.base import Filter

if TYPE_CHECKING:
    import polars as pl


class Length(Filter):
    """Keep conversations within limits of characters (system prompt and tools counted too)."""

    name: ClassVar[str] = "length"

    min_characters: NonNegativeInt = 0
    """Fewest characters (code points)."""
    max_characters: NonNegativeInt | None = None
    """Most characters; a Chinese character is about 0.6 to 1 token of a current tokenizer. None: no limit."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_characters is not None and self.max_characters < self.min_characters:
            raise ValueError("max_characters is below min_characters: nothing would be kept")
        return self

    def _total(self) -> pl.Expr:
        import polars as pl

        return pl.col("n_characters") + pl.col("n_system_characters") + pl.col("n_tool_characters")

    def keep(self) -> pl.Expr:
        import polars as pl

        total = self._total()
        fits = total >= self.min_characters
        return fits & (total <= self.max_characters) if self.max_characters is not None else fits & pl.lit(True)

    def detail(self) -> pl.Expr:
        import polars as pl

        return pl.format("{} characters", self._total())
