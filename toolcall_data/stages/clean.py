"""Clean: filters in the recipe's order; what they drop is told with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic import GetJsonSchemaHandler, create_model, model_validator
from pydantic_core import CoreSchema

from toolcall_data.filters.base import Filter, filters
from toolcall_data.settings import Settings, short_forms

if TYPE_CHECKING:
    import polars as pl


class _Step(Settings):
    """One filter of the `clean` list: its name and its settings, as in `- length: {max_characters: 8000}`."""

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {value: {}} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return short_forms(schema, handler, {"enum": list(filters())})

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.filter is None:
            raise ValueError(f"a step names one filter: {', '.join(filters())}")
        return self

    @property
    def filter(self) -> Filter | None:
        """The filter that the step names."""
        (name, *_) = self.model_fields_set
        found = getattr(self, name)
        return found if isinstance(found, Filter) else None


CleanStep = create_model(
    "CleanStep",
    __base__=_Step,
    **{name: (found | None, None) for name, found in filters().items()},  # type: ignore[call-overload]
)
"""One step of `clean`; the catalogue of filters decides which keys it takes."""


@dataclass(frozen=True)
class Cleaned:
    """`kept` are rows of the corpus frame; `dropped` too, with the columns `reason` and `detail`."""

    kept: pl.DataFrame
    dropped: pl.DataFrame


def clean(frame: pl.DataFrame, steps: Sequence[Filter]) -> Cleaned:
    """Apply filters one after another, each to what the one before kept; order is kept."""
    import polars as pl

    dropped = [frame.head(0).with_columns(reason=pl.lit(""), detail=pl.lit(""))]
    for step in steps:
        judged = frame.with_columns(__keep=step.keep().fill_null(True), detail=step.detail())
        out = judged.filter(~pl.col("__keep")).drop("__keep")
        dropped.append(out.with_columns(reason=pl.lit(f"clean.{step.name}")).select(dropped[0].columns))
        frame = judged.filter("__keep").drop("__keep", "detail")
    return Cleaned(frame, pl.concat(dropped))
