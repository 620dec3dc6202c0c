"""A change made to a copy of a value, carried over to the value itself with all that the copy left out."""

from __future__ import annotations

from collections.abc import Iterable

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.json_changes import Change, applied, common_ends, same
from toolcall_data.conversation.json_style import style_of
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import JSON


def merged(own: JSON, base: JSON, new: JSON) -> JSON:
    """`own` with what differs between `base` and `new`; where `own` is another than `base` there, `new` wins.

    Strings that hold JSON are merged as what they hold, and keep their style.
    """
    if same(base, new):
        return own
    if isinstance(own, dict) and isinstance(base, dict) and isinstance(new, dict):
        return _objects(own, base, new)
    if isinstance(own, list) and isinstance(base, list) and isinstance(new, list):
        return _lists(own, base, new)
    if isinstance(own, str) and isinstance(base, str) and isinstance(new, str):
        return _texts(own, base, new)
    return new


def _objects(own: dict[str, JSON], base: dict[str, JSON], new: dict[str, JSON]) -> dict[str, JSON]:
    result: dict[str, JSON] = {}
    for key, value in own.items():
        if key in new:
            result[key] = merged(value, base[key], new[key]) if key in base else new[key]
        elif key not in base:
            result[key] = value
    added = {key: value for key, value in new.items() if key not in own}
    return result | {key: value for key, value in added.items() if not (key in base and same(base[key], value))}


def _lists(own: list[JSON], base: list[JSON], new: list[JSON]) -> list[JSON]:
    """Items of `own` beside those of the copy stay where they are: a copy leaves out a leading system message."""
    lead = next((at for at in range(len(own) - len(base) + 1) if same(own[at : at + len(base)], base)), None)
    if lead is None and len(own) != len(base):
        return new
    lead = lead or 0
    start, stop = common_ends(base, new)
    first, last = lead + start, lead + len(base) - stop
    middle = _items(own[first:last], base[start : len(base) - stop], new[start : len(new) - stop])
    return [*own[:first], *middle, *own[last:]]


def _items(own: list[JSON], base: list[JSON], new: list[JSON]) -> list[JSON]:
    if len(base) == len(new):
        return [merged(*three) for three in zip(own, base, new, strict=True)]
    result: list[JSON] = []
    reached = 0
    for item in new:
        found = next((at for at in range(reached, len(base)) if same(base[at], item)), None)
        result.append(item if found is None else own[found])
        reached = reached if found is None else found + 1
    return result


def _texts(own: str, base: str, new: str) -> str:
    values = [decode(text) if text.lstrip()[:1] in ("{", "[") else None for text in (own, base, new)]
    read = [found for found in values if found is not None and found.error is None]
    if len(read) < len(values) or any(type(found.value) is not type(read[0].value) for found in read):
        return new
    return style_of(own).write(merged(*(found.value for found in read)))


def grafted(own: JSON, new: JSON, places: Iterable[str]) -> JSON:
    """`own` with what `new` holds at some places, where both have them."""
    for at in places:
        try:
            before, after = follow(own, at), follow(new, at)
        except (LookupError, ValueError):
            continue
        own = applied(own, Change("replace", at, before, after))
    return own


def in_the_order_of(own: JSON, new: JSON) -> JSON:
    """`new` with its keys in the order in which `own` has them, at every depth that both share."""
    if isinstance(own, dict) and isinstance(new, dict):
        keys = [*(key for key in own if key in new), *(key for key in new if key not in own)]
        return {key: in_the_order_of(own.get(key), new[key]) for key in keys}
    if isinstance(own, list) and isinstance(new, list) and len(own) == len(new):
        return [in_the_order_of(*both) for both in zip(own, new, strict=True)]
    return new
