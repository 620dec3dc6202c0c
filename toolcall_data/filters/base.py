"""What a filter is, and how filters are found."""

from __future__ import annotations

from abc import abstractmethod
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from toolcall_data.catalogue import classes
from toolcall_data.settings import Settings

if TYPE_CHECKING:
    import polars as pl


class Filter(Settings):
    """One reason to drop: its settings are its fields, its class docstring is its help.

    `name` is the key in a recipe's `clean` list and, after `clean.`, the reason in the ledger.
    """

    name: ClassVar[str]

    @abstractmethod
    def keep(self) -> pl.Expr:
        """A boolean expression over the columns of a corpus, true where a conversation stays; null counts as true."""

    @abstractmethod
    def detail(self) -> pl.Expr:
        """A string expression that says of a dropped conversation why."""


@cache
def filters() -> dict[str, type[Filter]]:
    """All filters by name."""
    return {found.name: found for found in classes("toolcall_data.filters", Filter)}  # type: ignore[type-abstract]
