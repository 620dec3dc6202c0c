"""The base of every settings model: frozen, documented by field docstrings, unknown keys refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from toolcall_data.nearest import did_you_mean


class Settings(BaseModel):
    """A part of a recipe. A docstring under a field is its description in the JSON schema and the docs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)


def short_forms(schema: CoreSchema, handler: GetJsonSchemaHandler, *forms: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a part that may also be written in these shorter forms."""
    return {"anyOf": [*forms, handler(schema)]}


@dataclass(frozen=True)
class Mistake:
    """The first mistake in a settings file: the path of its key, what is wrong, and what to do."""

    at: tuple[str | int, ...]
    message: str
    hint: str | None


def mistake_in(error: ValidationError, model: type[BaseModel]) -> Mistake:
    """The first mistake in words, an unknown key before all others, with the nearest valid name."""
    mistakes = sorted(error.errors(), key=lambda mistake: mistake["type"] != "extra_forbidden")
    first = mistakes[0]
    at = tuple(part for part in first["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    dotted = _dotted(at) or model.__name__.lower()
    hint = None
    if first["type"] == "extra_forbidden":
        valid = _fields_at(model, at[:-1])
        message = f"unknown key `{dotted}`"
        hint = did_you_mean(str(at[-1]), valid) or (f"valid keys: {', '.join(valid)}" if valid else None)
    elif first["type"] == "missing":
        message = f"`{dotted}` is missing"
    else:
        text = str(first["msg"]).removeprefix("Value error, ")
        message = f"`{dotted}`: {text[0].lower()}{text[1:]}" + _got(first)
    more = len({_dotted(mistake["loc"]) for mistake in mistakes}) - 1
    if more:
        also = "1 more mistake" if more == 1 else f"{more} more mistakes"
        hint = f"{hint}; {also} in the file" if hint else f"{also} in the file"
    return Mistake(at, message, hint)


def _got(mistake: Mapping[str, Any]) -> str:
    value = mistake.get("input")
    return f", not `{value}`" if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _dotted(at: Iterable[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)
    return text.removeprefix(".")


def _fields_at(model: Any, at: Sequence[str | int]) -> list[str]:
    """The keys that the settings model at a place takes, as they are written."""
    for part in at:
        if isinstance(part, int) or not _is_model(model):
            continue
        found = next((field for name, field in model.model_fields.items() if part in (name, field.alias)), None)
        model = _model_in(found.annotation) if found is not None else model
    return [field.alias or name for name, field in model.model_fields.items()] if _is_model(model) else []


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _model_in(annotation: Any) -> Any:
    """The settings model that an annotation holds, through optional, list and dict."""
    if _is_model(annotation):
        return annotation
    for part in get_args(annotation):
        if (found := _model_in(part)) is not None:
            return found
    return None
