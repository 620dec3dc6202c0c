"""Tool definitions of the operations of an OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping

from toolcall_data.conversation.model import JSON

_DEEPEST = 24
_MOST_VALUES = 20_000


def tool_of(document: JSON, path: str, method: str, name: str, description: str | None) -> dict[str, JSON]:
    """The definition of one operation: its parameters and the properties of its JSON body as one object.

    References are followed; one that leads to itself, or deeper than anybody writes, becomes an object of any kind.
    """
    operation = _at(document, "paths", path, method.lower())
    shared = _at(document, "paths", path, "parameters")
    filling = _Filling(document)
    properties: dict[str, JSON] = {}
    required: list[str] = []
    for found in (*_listed(shared), *_listed(operation.get("parameters"))):
        parameter = filling.of(found)
        if isinstance(parameter, dict) and isinstance(parameter.get("name"), str):
            properties[parameter["name"]] = _property(parameter)
            required += [parameter["name"]] if parameter.get("required") is True else []
    content = filling.of(operation.get("requestBody"))
    body = _at(content, "content", "application/json", "schema")
    if isinstance(body, dict) and isinstance(body.get("properties"), dict):
        properties |= body["properties"]
        required += [name for name in _listed(body.get("required")) if isinstance(name, str)]
    schema = {"type": "object", "properties": properties, "required": list(dict.fromkeys(required))}
    said = description if description is not None else operation.get("description", operation.get("summary", ""))
    return {"name": name, "description": said if isinstance(said, str) else "", "parameters": schema}


def _property(parameter: Mapping[str, JSON]) -> JSON:
    schema = parameter.get("schema")
    found = dict(schema) if isinstance(schema, dict) else {"type": parameter.get("type", "string")}
    if "description" in parameter and "description" not in found:
        found["description"] = parameter["description"]
    return found


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _at(value: JSON, *keys: str) -> JSON:
    """What lies at these keys; an empty object where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return {} if value is None else value


class _Filling:
    """References filled in, up to so many values: a few references can stand for endless ones."""

    def __init__(self, document: JSON) -> None:
        self._document = document
        self._left = _MOST_VALUES

    def of(self, value: JSON, seen: tuple[str, ...] = (), depth: int = 0) -> JSON:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return {}
        if isinstance(value, list):
            return [self.of(item, seen, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return {key: self.of(item, seen, depth + 1) for key, item in value.items()}
        if reference in seen or not reference.startswith("#/"):
            return {"type": "object"}
        return self.of(_at(self._document, *reference[2:].split("/")), (*seen, reference), depth + 1)
