"""Mix: how much of each source, what is held out for evaluation, and in which order it is written.

All choices hang on the content of a conversation and the seed, not on the order of files: a conversation keeps its
place in the draw when others are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

import xxhash
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from toolcall_data.errors import RecipeError
from toolcall_data.nearest import did_you_mean
from toolcall_data.settings import Settings

if TYPE_CHECKING:
    import polars as pl


class Take(Settings):
    """How much of one source. With neither `weight` nor `rows` all of it is taken, up to `max_rows`."""

    weight: PositiveFloat | None = None
    """Its share of the mix against the other weights."""
    rows: NonNegativeInt | None = None
    """Exactly this many rows."""
    max_rows: PositiveInt | None = None
    """At most this many rows."""

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.weight is not None and self.rows is not None:
            raise ValueError("give `weight` or `rows`, not both")
        return self


class EvalSettings(Settings):
    """What is held out: a share of each source or a number of rows in all, never a copy of a training row."""

    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The share of each source's rows."""
    rows: PositiveInt | None = None
    """Rows in all, spread over the sources by their size."""

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.share is None) == (self.rows is None):
            raise ValueError("give `share` or `rows`")
        return self


class MixSettings(Settings):
    """Amounts, held-out rows, seed and upsampling."""

    take: dict[str, Take] = {}
    """Amounts by source; a source left out is taken whole."""
    total: PositiveInt | None = None
    """Training rows that the weighted sources share; None: as many as `max_repeats` allows."""
    max_repeats: Annotated[float, Field(ge=1)] = 1.0
    """How often a row may be used: 1 never repeats, 2.5 uses every row twice and half of them a third time."""
    seed: int = 0
    """Decides the draw, the held-out rows and the order."""
    eval: EvalSettings | None = None
    """Rows held out for evaluation; None holds none."""


@dataclass(frozen=True)
class Mixed:
    """Rows of the corpus frame: `train` in writing order, with repeats; `eval`; and `not_taken`, with a `detail`."""

    train: pl.DataFrame
    eval: pl.DataFrame
    not_taken: pl.DataFrame


def mix(frame: pl.DataFrame, settings: MixSettings, *, place: str | None = None) -> Mixed:
    """Hold out, draw, repeat and shuffle.

    Raises:
        RecipeError: a source is unknown, or has too few rows for what is asked of it; the message names it.
    """
    import polars as pl

    ranked = _ranked(frame, settings.seed)
    everything = _supply(ranked, ranked)
    _refuse_unknown(settings, list(everything), place)
    quota = _quota(_amounts(everything, settings, place), everything, settings.eval)
    held, rest = _hold_out(ranked, quota)
    wanted = _amounts(_supply(ranked, rest), settings, place)
    train = pl.concat([_draw(rest.filter(pl.col("source") == name), count) for name, count in wanted.items()])
    not_taken = rest.join(train, on="id", how="anti").sort("id")
    return Mixed(
        frame[_shuffled(train, settings.seed)["id"]],
        frame[_shuffled(held.with_columns(copy=pl.lit(0, pl.UInt64)), settings.seed)["id"]],
        frame[not_taken["id"]].with_columns(detail=pl.lit("not drawn")),
    )


def _supply(ranked: pl.DataFrame, rows: pl.DataFrame) -> dict[str, int]:
    """How many of `rows` each source has, for every source of `ranked`, in the order the sources were read."""
    import polars as pl

    names = ranked.sort("id")["source"].unique(maintain_order=True).to_list()
    return {name: rows.filter(pl.col("source") == name).height for name in names}


def _quota(wanted: dict[str, int], supply: dict[str, int], settings: EvalSettings | None) -> dict[str, int]:
    """Held-out rows of each source: a share of the distinct rows it gives to the mix."""
    if settings is None:
        return dict.fromkeys(supply, 0)
    distinct = {name: min(wanted[name], supply[name]) for name in supply}
    if settings.share is not None:
        return {name: round(count * settings.share) for name, count in distinct.items()}
    weights = {name: float(count) for name, count in distinct.items() if count}
    return dict.fromkeys(supply, 0) | _shared_out(weights, distinct, min(settings.rows or 0, sum(distinct.values())))


def _refuse_unknown(settings: MixSettings, names: list[str], place: str | None) -> None:
    for name in settings.take:
        if name not in names:
            hint = did_you_mean(name, names) or f"sources with rows left: {', '.join(sorted(names)) or 'none'}"
            raise RecipeError(f"mix.take: no rows of a source named `{name}`", place=place, hint=hint)


def _ranked(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The rows as `id` (position in the frame), `source`, `group` (equal after normalisation) and `rank`.

    The rank is a hash of the seed, the content, and the row's number among those of the same content. Only these few
    integers are sorted and joined, not the frame.
    """
    import polars as pl

    copy = frame.select(pl.int_range(pl.len(), dtype=pl.UInt64).over("key").alias("copy"))["copy"]
    return frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("id"),
        pl.col("source"),
        pl.col("dialogue_fingerprint").alias("group"),
        _hashed(frame["key"], copy, f"{seed}:rank").alias("rank"),
    )


def _hold_out(ranked: pl.DataFrame, quota: dict[str, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Held-out rows and the rest.

    Rows that are equal after normalisation go to the same side: each group belongs to the source of its first row,
    and groups are drawn whole, in the order of their lowest rank, until the source's quota is full.
    """
    import polars as pl

    groups = (
        ranked.group_by("group")
        .agg(
            pl.col("source").sort_by("id").first().cast(pl.String),
            pl.len().alias("size"),
            pl.col("rank").min().alias("first"),
        )
        .sort("source", "first")
        .with_columns(filled=pl.col("size").cum_sum().over("source") - pl.col("size"))
    )
    quotas = pl.DataFrame({"source": list(quota), "quota": list(quota.values())})
    chosen = groups.join(quotas, on="source").filter(pl.col("filled") < pl.col("quota"))
    return ranked.join(chosen, on="group", how="semi"), ranked.join(chosen, on="group", how="anti")


def _amounts(supply: dict[str, int], settings: MixSettings, place: str | None) -> dict[str, int]:
    """Rows to write of each source, repeats included."""
    limits = {name: _limit(settings.take.get(name), int(rows * settings.max_repeats)) for name, rows in supply.items()}
    fixed = {name: _fixed(settings.take.get(name), supply[name]) for name in supply}
    weights = {name: take.weight for name, take in settings.take.items() if take.weight is not None}
    wanted = {name: count for name, count in fixed.items() if name not in weights}
    if weights:
        wanted |= _shared_out(weights, {name: limits[name] for name in weights}, settings.total)
    for name, count in wanted.items():
        if count > limits[name]:
            raise RecipeError(
                f"mix.take.{name}: {count} rows are asked for, {supply[name]} are left and may be used "
                f"{settings.max_repeats:g} times: {limits[name]} at most",
                place=place,
                hint=f"lower the amount, raise mix.max_repeats to {count / max(1, supply[name]):.2f}, or add rows",
            )
    return {name: wanted[name] for name in supply}


def _limit(take: Take | None, most: int) -> int:
    return min(most, take.max_rows) if take is not None and take.max_rows is not None else most


def _fixed(take: Take | None, supply: int) -> int:
    if take is not None and take.rows is not None:
        return take.rows
    return _limit(take, supply)


def _shared_out(weights: dict[str, float], limits: dict[str, int], total: int | None) -> dict[str, int]:
    """Rows by weight: of `total`, or the most that keeps the shares within every limit; remainders to the largest."""
    whole = sum(weights.values())
    if total is None:
        total = int(min(limits[name] * whole / weight for name, weight in weights.items()))
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(amount) for name, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _draw(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """`count` rows in rank order: whole copies first, then the first of the next; `copy` numbers the copies."""
    import polars as pl

    if not rows.height:
        return rows.with_columns(copy=pl.lit(0, pl.UInt64))
    rows = rows.sort("rank", "id")
    whole, rest = divmod(count, rows.height)
    copies = [rows.with_columns(copy=pl.lit(number, pl.UInt64)) for number in range(whole)]
    return pl.concat([*copies, rows.head(rest).with_columns(copy=pl.lit(whole, pl.UInt64))])


def _shuffled(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The rows in an order that hangs on content, copy and seed alone."""
    return rows.with_columns(order=_hashed(rows["rank"], rows["copy"], f"{seed}:order")).sort("order", "id")


def _hashed(values: pl.Series, copies: pl.Series, salt: str) -> pl.Series:
    """A 64-bit hash of each value, its copy number and a salt, the same on every machine and version.

    The finaliser of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) on columns: a hash in Python
    would cost an object a row.
    """
    import numpy as np
    import polars as pl

    start = np.uint64(xxhash.xxh3_64_intdigest(salt.encode()))
    bits = values.to_numpy() + copies.to_numpy() * np.uint64(0x9E3779B97F4A7C15) + start
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return pl.Series(bits ^ (bits >> np.uint64(31)), dtype=pl.UInt64)
