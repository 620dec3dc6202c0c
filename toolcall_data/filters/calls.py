"""Limits on the number of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import NonNegativeInt, model_validator

from toolcall_data.filters.base import Filter

if TYPE_CHECKING:
    import polars as pl


class Calls(Filter):
    """Keep conversations within limits of calls, in all and in one turn."""

    name: ClassVar[str] = "calls"

    min_calls: NonNegativeInt = 0
    """Fewest calls in the conversation; 1 leaves out those that call nothing."""
    max_calls: NonNegativeInt | None = None
    """Most calls in the conversation. None: no limit."""
    max_parallel: NonNegativeInt | None = None
    """Most calls in one turn; 1 for templates that cannot hold several, such as LLaMA-Factory's glm4. None: no
    limit."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_calls is not None and self.max_calls < self.min_calls:
            raise ValueError("max_calls is below min_calls: nothing would be kept")
        return self

    def keep(self) -> pl.Expr:
        import polars as pl

        fits = pl.col("n_calls") >= self.min_calls
        if self.max_calls is not None:
            fits = fits & (pl.col("n_calls") <= self.max_calls)
        if self.max_parallel is not None:
            fits = fits & (pl.col("max_parallel") <= self.max_parallel)
        return fits

    def detail(self) -> pl.Expr:
        import polars as pl

        return pl.format("{} calls, at most {} in one turn", pl.col("n_calls"), pl.col("max_parallel"))
