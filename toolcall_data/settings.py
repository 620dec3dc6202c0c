"""The base of every settings model: frozen, documented by field docstrings, unknown keys refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Settings(BaseModel):
    """A part of a recipe. A docstring under a field is its description in the JSON schema and the docs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)


def short_forms(schema: CoreSchema, handler: GetJsonSchemaHandler, *forms: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a part that may also be written in these shorter forms."""
    return {"anyOf": [*forms, handler(schema)]}
