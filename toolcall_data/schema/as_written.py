"""A schema judged as it stands, before its repairs: whether Draft 2020-12 takes it, and which repairs it needs."""

from __future__ import annotations

import json
from functools import lru_cache

import jsonschema_rs

from toolcall_data.schema.normalise import JSON, RepairKind, normalise


def is_schema(written: JSON) -> bool:
    """Whether the Draft 2020-12 meta-schema takes it; what cannot be judged (too deep, not finite) is none."""
    if not isinstance(written, dict):
        return False
    try:
        return jsonschema_rs.meta.is_valid({**written, "$schema": _DRAFT})
    except (ValueError, TypeError, RecursionError):
        return False


_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def cures(parameters: JSON, beside: JSON = None) -> frozenset[RepairKind]:
    """The kinds of repairs without which a tool's parameters are no schema.

    Empty where the parameters are valid as written, and where no repair makes them valid.
    """
    try:
        return _cures(json.dumps([parameters, beside], ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return frozenset()


@lru_cache(maxsize=2048)
def _cures(text: str) -> frozenset[RepairKind]:
    parameters, beside = json.loads(text)
    whole = normalise(parameters, beside)
    if is_schema(parameters) or not is_schema(whole.schema):
        return frozenset()
    made = {repair.kind for repair in whole.repairs}
    return frozenset(kind for kind in made if not is_schema(normalise(parameters, beside, made - {kind}).schema))
