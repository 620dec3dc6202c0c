"""Calls written as XML: `<function=f><parameter=k>v</parameter></function>`, mostly inside `<tool_call>`.

Values carry no type: the tool's schema names it; without one, text that is JSON and no string counts as that value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import JSON, Call, CallError
from toolcall_data.formats._literals import json_at, value_at

_OPEN = re.compile(r"\s*<parameter=([^<>\n]*)>\n?")
_VALUE_END = re.compile(
    r"\n?</parameter>(?=\s*(?:<parameter=|</function>|</tool_call>|\Z))|\n?(?=<parameter=[^<>\n]*>)|\n?(?=</function>)"
)
_CLOSE = re.compile(r"\s*(?:</function>)?\s*(?:</tool_call>)?")
_BORDER = re.compile(r"</function>\s*</tool_call>|</tool_call>|</function>|(?=<tool_call>)|(?=<function=)")
_TEXT_TYPES = frozenset({"string", "str", "text"})


def xml_call(text: str, mark: re.Match[str], known: Collection[str], *, at: str) -> tuple[Call, int]:
    """The call whose `<function=name>` is `mark`, and where the text goes on behind it."""
    name = mark[0].rpartition("<function=")[2].removesuffix(">").strip()
    schema = known.get(name) if isinstance(known, Mapping) else None
    arguments: dict[str, JSON] = {}
    twice: list[str] = []
    position = mark.end()
    while found := _OPEN.match(text, position):
        end = _VALUE_END.search(text, found.end())
        key, value = found[1].strip(), text[found.end() : end.start() if end else len(text)]
        twice += [key] if key in arguments else []
        arguments[key] = _typed(value, _schema_of(schema, key))
        position = end.end() if end else len(text)
    close = _CLOSE.match(text, position)
    end_at = close.end() if close else position
    if text.startswith("{", _content(text, position)) and not arguments:
        return _with_json(text, mark, name, at)
    if end_at == position and text[position:].strip():
        return _unreadable(text, mark, at, "text outside of <parameter=...>")
    raw = text[mark.start() : end_at].strip()
    return (
        Call(name=name, arguments=arguments, raw=raw, duplicate_keys=tuple(twice), at=at, sub="/arguments"),
        end_at,
    )


_SPACE = re.compile(r"\s*")


def _content(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _with_json(text: str, mark: re.Match[str], name: str, at: str) -> tuple[Call, int]:
    """A call whose arguments stand between the tags as one JSON object."""
    found = json_at(text, _content(text, mark.end()))
    close = _CLOSE.match(text, found.end)
    if found.error is not None or close is None or not isinstance(found.value, dict):
        return _unreadable(text, mark, at, found.error or "no object")
    call = Call(
        name=name,
        arguments=found.value,
        raw=text[mark.start() : close.end()].strip(),
        duplicate_keys=found.duplicate_keys,
        not_finite=found.not_finite,
        at=at,
        sub="/arguments",
    )
    return call, close.end()


def _unreadable(text: str, mark: re.Match[str], at: str, detail: str) -> tuple[Call, int]:
    border = _BORDER.search(text, mark.end())
    end = border.end() if border else len(text)
    raw = text[mark.start() : end].strip()
    return Call(raw=raw, error=CallError(kind="not_json", detail=detail), at=at), end


def _schema_of(schema: JSON, key: str) -> JSON:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties.get(key) if isinstance(properties, dict) else None


def _typed(text: str, schema: JSON) -> JSON:
    """The value of a parameter's text."""
    named = schema.get("type") if isinstance(schema, dict) else None
    types = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    if any(isinstance(one, str) and one.lower() in _TEXT_TYPES for one in types):
        return None if "null" in types and text.strip() == "null" else text
    found = value_at(text.strip()) if types else None
    if found is not None and found.error is None and found.end == len(text.strip()):
        return found.value
    plain = decode(text)
    return text if plain.error is not None or isinstance(plain.value, str) else plain.value
