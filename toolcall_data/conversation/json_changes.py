"""What differs between two JSON values, as changes that can be applied one after another (RFC 6902)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from toolcall_data.conversation.address import escape, parts
from toolcall_data.conversation.model import JSON


@dataclass(frozen=True, slots=True)
class Change:
    """One change at a JSON pointer. `before` is None for what is added, `after` for what is removed."""

    op: Literal["add", "remove", "replace"]
    at: str
    before: JSON = None
    after: JSON = None


def same(one: JSON, other: JSON) -> bool:
    """Whether two values are the same JSON, the order of keys aside: 1, 1.0 and true differ, NaN is itself."""
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (one != one and other != other)


def changes(before: JSON, after: JSON, at: str = "") -> Iterator[Change]:
    """The changes that turn `before` into `after`, as deep down as they can be told."""
    if same(before, after):
        return
    if type(before) is dict and type(after) is dict:
        yield from _of_objects(before, after, at)
    elif type(before) is list and type(after) is list:
        yield from _of_lists(before, after, at)
    else:
        yield Change("replace", at, before, after)


def _of_objects(before: dict[str, JSON], after: dict[str, JSON], at: str) -> Iterator[Change]:
    for key, value in before.items():
        place = f"{at}/{escape(key)}"
        if key in after:
            yield from changes(value, after[key], place)
        else:
            yield Change("remove", place, before=value)
    for key, value in after.items():
        if key not in before:
            yield Change("add", f"{at}/{escape(key)}", after=value)


def _of_lists(before: list[JSON], after: list[JSON], at: str) -> Iterator[Change]:
    start, stop = common_ends(before, after)
    old, new = before[start : len(before) - stop], after[start : len(after) - stop]
    for index, (one, other) in enumerate(zip(old, new, strict=False), start):
        yield from changes(one, other, f"{at}/{index}")
    for index in reversed(range(len(new), len(old))):
        yield Change("remove", f"{at}/{start + index}", before=old[index])
    for index in range(len(old), len(new)):
        yield Change("add", f"{at}/{start + index}", after=new[index])


def common_ends(one: list[JSON], other: list[JSON]) -> tuple[int, int]:
    """How many items two lists share at the start, and how many of the rest at the end."""
    most = min(len(one), len(other))
    start = next((index for index in range(most) if not same(one[index], other[index])), most)
    most -= start
    return start, next((index for index in range(most) if not same(one[-1 - index], other[-1 - index])), most)


def applied(document: JSON, change: Change) -> JSON:
    """The document with a change made; the document itself stays as it is.

    Raises:
        LookupError: the document has no such place.
    """
    return _applied(document, parts(change.at), change)


def _applied(value: JSON, at: list[str], change: Change) -> JSON:
    if not at:
        return change.after
    key, *below = at
    if isinstance(value, list):
        items = list(value)
        index = int(key)
        if below:
            items[index] = _applied(items[index], below, change)
        elif change.op == "add":
            items.insert(index, change.after)
        else:
            items[index : index + 1] = [] if change.op == "remove" else [change.after]
        return items
    if not isinstance(value, dict):
        raise LookupError(change.at)
    if below:
        return {**value, key: _applied(value[key], below, change)}
    if change.op == "remove":
        return {name: item for name, item in value.items() if name != key}
    return {**value, key: change.after}
