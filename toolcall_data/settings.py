"""The base of every settings model: frozen, documented by field docstrings, unknown keys refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A part of a recipe. A docstring under a field is its description in the JSON schema and the docs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)
