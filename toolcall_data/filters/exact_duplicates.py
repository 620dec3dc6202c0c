"""Exact duplicates, after normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from toolcall_data.filters.base import Filter

if TYPE_CHECKING:
    import polars as pl


class ExactDuplicates(Filter):
    """Keep the first of each group of conversations that are equal after normalisation.

    Width, case, white space and punctuation do not count, and neither does the key order of arguments. The sources
    are read in the order of the recipe, so name the better ones first.
    """

    name: ClassVar[str] = "exact_duplicates"

    key: Literal["row", "dialogue", "prompt"] = "dialogue"
    """What must be equal: `row` is messages, system prompt and tools; `dialogue` the messages; `prompt` what the user
    says (careful: many sets hold several good answers to one prompt)."""

    def keep(self) -> pl.Expr:
        import polars as pl

        return pl.col(f"{self.key}_fingerprint").is_first_distinct()

    def detail(self) -> pl.Expr:
        import polars as pl

        first = pl.col("row").first().over(f"{self.key}_fingerprint")
        source = pl.col("source").cast(pl.String).first().over(f"{self.key}_fingerprint")
        return pl.format("same " + self.key + " as row {} of {}", first, source)
