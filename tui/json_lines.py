"""JSON as lines of coloured spans, each with the JSON pointer of the value it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolcall_data.conversation.address import escape
from toolcall_data.conversation.model import JSON
from toolcall_data.safe_text import safe

from .lines import Span

_DEEPEST = 60
_SHORT_LIST = 56
_TOKEN = re.compile(
    r'(?P<key>"[^"\\]*(?:\\.[^"\\]*)*")(?=\s*:)|(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>\b(?:true|false|null|NaN|Infinity)\b)|(?P<punct>[{}\[\],:])"
)
_EMBEDDED = "⟪str⟫ "


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of pretty JSON; `pointer` leads from the value printed to the value on this line."""

    spans: tuple[Span, ...]
    pointer: str


def painted(text: str) -> tuple[Span, ...]:
    """JSON text, or what was meant to be, coloured; the spans together are the text, made safe."""
    text = safe(text)
    spans: list[Span] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() > position:
            spans.append(Span(text[position : match.start()]))
        spans.append(Span(match[0], match.lastgroup or ""))
        position = match.end()
    if position < len(text):
        spans.append(Span(text[position:]))
    return tuple(spans)


def compact(value: JSON) -> str:
    """JSON on one line, Chinese as it is; words where it is nested too deeply to be written."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return "…"


def json_lines(value: JSON, *, expand: bool = False) -> Iterator[JsonLine]:
    """Pretty JSON. With `expand`, a string that holds a JSON object or list is shown as that, marked ⟪str⟫."""
    return _lines(value, "", 0, (), "", expand)


def _lines(
    value: JSON, pointer: str, depth: int, before: tuple[Span, ...], comma: str, expand: bool
) -> Iterator[JsonLine]:
    if expand and isinstance(value, str) and (inner := _inside(value)) is not None:
        value, before = inner, (*before, Span(_EMBEDDED, "mark"))
    lead = (Span("  " * depth), *before)
    is_object = isinstance(value, dict)
    if not (is_object or isinstance(value, list)) or not value or depth > _DEEPEST or _is_short_list(value):
        yield JsonLine((*lead, *painted(compact(value)), Span(comma, "punct")), pointer)
        return
    yield JsonLine((*lead, Span("{" if is_object else "[", "punct")), pointer)
    members = value.items() if isinstance(value, dict) else enumerate(value)
    last = len(value) - 1
    for number, (key, member) in enumerate(members):
        name = (Span(safe(compact(key)), "key"), Span(": ", "punct")) if is_object else ()
        place = f"{pointer}/{escape(key) if isinstance(key, str) else key}"
        yield from _lines(member, place, depth + 1, name, "," if number < last else "", expand)
    yield JsonLine((Span("  " * depth), Span(("}" if is_object else "]") + comma, "punct")), pointer)


def _is_short_list(value: JSON) -> bool:
    """Whether a value is a list of a few plain values, which is read best on one line."""
    return (
        isinstance(value, list)
        and len(value) < _SHORT_LIST
        and not any(
            isinstance(member, dict | list) or (isinstance(member, str) and len(member) > _SHORT_LIST)
            for member in value
        )
        and len(compact(value)) <= _SHORT_LIST
    )


def _inside(text: str) -> JSON:
    """The object or list that a string holds as JSON, None where it holds none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None
