"""Rows of a Parquet file as JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from toolcall_data.conversation.model import JSON
from toolcall_data.errors import InputError

if TYPE_CHECKING:
    import polars as pl

_ROWS_AT_ONCE = 1000


def values(path: str) -> Iterator[dict[str, JSON]]:
    """The rows in order; what JSON has no type for (dates, decimals, bytes) is given as text.

    Raises:
        InputError: the file is no Parquet, or damaged.
    """
    import polars as pl

    try:
        for batch in pl.scan_parquet(path).collect_batches(chunk_size=_ROWS_AT_ONCE):
            if all(map(_is_json, batch.dtypes)):
                yield from batch.iter_rows(named=True)
            else:
                yield from map(_as_json, batch.iter_rows(named=True))
    # The reader of damaged files may panic, which is no Exception.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"cannot read {path} as Parquet: {error}", hint="get the file again") from error


def _is_json(kind: pl.DataType) -> bool:
    """Whether all values of a column's type are JSON values."""
    import polars as pl

    if isinstance(kind, pl.Struct):
        return all(_is_json(field.dtype) for field in kind.fields)  # type: ignore[arg-type]
    if isinstance(kind, pl.List | pl.Array):
        return _is_json(kind.inner)  # type: ignore[arg-type]
    return kind.is_integer() or kind.is_float() or isinstance(kind, pl.String | pl.Boolean | pl.Null)


def _as_json(value: Any) -> JSON:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
