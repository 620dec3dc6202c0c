"""The types that the values of a file have, gathered while its rows pass by: what decides whether Arrow can load it.

One `Shape` a place in the rows (a column, the items of a list, a key of an object), with the first row in which each
kind of value stands there. Memory is bounded: at most `MOST` places are kept, rows are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Literal, TypeAlias

from toolcall_data.conversation.model import JSON

Kind: TypeAlias = Literal[
    "null", "boolean", "integer", "large", "huge", "float", "fraction", "string", "list", "object", "other"
]
"""`large` is an integer that needs 64 bits without a sign, `huge` one that needs more; `fraction` a float that is no
whole number."""

Place: TypeAlias = tuple[int, int | None]
"""A row from 0, and its line from 1 where the file has lines."""

Path: TypeAlias = tuple[str | None, ...]
"""Keys from the row inwards; None stands for the items of a list."""

MOST = 5000
"""Places that are kept; beyond them new keys are passed over."""

_DEEPEST = 64
_PLANS = 4096
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d(?::?\d\d(?::?\d\d)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?")


class Shape:
    """What stands at one place.

    `first` holds the place of the first value of each kind, `nulls` and `objects` count those, `seen` counts all
    values; counts are kept below the first level of lists of plain messages only where values are irregular. `filled`
    is the first text that is neither empty nor an empty list, `is_times` whether every text so far is a timestamp.
    """

    __slots__ = ("fields", "filled", "first", "is_times", "items", "nulls", "objects", "seen")

    def __init__(self) -> None:
        self.first: dict[Kind, Place] = {}
        self.fields: dict[str, Shape] = {}
        self.items: Shape | None = None
        self.filled: Place | None = None
        self.is_times = True
        self.seen = self.nulls = self.objects = 0

    @property
    def typed(self) -> dict[Kind, Place]:
        """The kinds but null."""
        return {kind: place for kind, place in self.first.items() if kind != "null"}

    def merge(self, later: Shape) -> None:
        """Take in what was gathered from rows that follow."""
        self.first = later.first | self.first
        self.filled = self.filled or later.filled
        self.is_times = self.is_times and later.is_times
        self.seen += later.seen
        self.nulls += later.nulls
        self.objects += later.objects
        for key, shape in later.fields.items():
            if key in self.fields:
                self.fields[key].merge(shape)
            else:
                self.fields[key] = shape
        if self.items is not None and later.items is not None:
            self.items.merge(later.items)
        self.items = self.items or later.items

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Shape]]:
        """This place and all below it, outermost first."""
        yield path, self
        for key, shape in self.fields.items():
            yield from shape.walk((*path, key))
        if self.items is not None:
            yield from self.items.walk((*path, None))


class Shapes:
    """The shapes of a file's rows. `rows` counts rows; those that are no object have their kind in `row.first`."""

    def __init__(self) -> None:
        self.row = Shape()
        self.rows = 0
        self._left = MOST
        self._plans: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._plain: dict[str, set[tuple[str, ...]]] = {}

    def __getstate__(self) -> tuple[Shape, int]:
        return self.row, self.rows

    def __setstate__(self, state: tuple[Shape, int]) -> None:
        self.__init__()  # type: ignore[misc]
        self.row, self.rows = state

    def merge(self, later: Shapes) -> None:
        """Take in what was gathered from rows that follow."""
        self.row.merge(later.row)
        self.rows += later.rows

    def add(self, value: JSON, place: Place) -> int:
        """Take in one row; the number of keys in it, at all depths that were looked at, or more than that."""
        self.rows += 1
        if type(value) is not dict:
            return self._take(self.row, value, place, 0)
        signature = (*value, *map(type, value.values()))
        plan = self._plans.get(signature)
        if plan is None:
            count = self._take(self.row, value, place, 0)
            if len(self._plans) < _PLANS:
                self._plans[signature] = self._planned(value)
            return count
        count = len(value)
        fields = self.row.fields
        for key in plan:
            found = value[key]
            if type(found) is list and self._is_plain(key, found):
                count += sum(map(len, found))
            elif key in fields:
                count += self._take(fields[key], found, place, 1)
        return count

    def _planned(self, row: Mapping[str, JSON]) -> tuple[str, ...]:
        """The columns of such a row whose values say more than their type does."""
        return tuple(
            key
            for key, value in row.items()
            if (shape := self.row.fields.get(key)) is not None
            and (type(value) not in _SETTLED and (type(value) is not str or shape.is_times or shape.filled is None))
        )

    def _is_plain(self, key: str, items: list[JSON]) -> bool:
        """Whether these are objects of strings, with keys that objects here had before."""
        known = self._plain.get(key)
        if known is None:
            return False
        try:
            kinds = set(map(type, chain.from_iterable(map(dict.values, items))))
        except TypeError:
            return False
        return kinds == _STRINGS and known.issuperset(map(tuple, items))

    def _remember_plain(self, key: str, shape: Shape, item: JSON) -> None:
        below = shape.items.fields if shape.items is not None else {}
        if any(key in below and below[key].is_times for key in item) or set(map(type, item.values())) != _STRINGS:
            return
        known = self._plain.setdefault(key, set())
        if len(known) < _PLANS:
            known.add(tuple(item))

    def _take(self, shape: Shape, value: JSON, place: Place, depth: int) -> int:
        """Note a value and all that is in it; how many keys it holds."""
        shape.seen += 1
        kind = _KINDS.get(type(value), _other)(value)
        shape.first.setdefault(kind, place)
        if kind == "string":
            if shape.is_times and _TIME.fullmatch(value) is None:
                shape.is_times = False
                self._plans.clear()
            if shape.filled is None and value not in _EMPTY:
                shape.filled = place
                self._plans.clear()
            return 0
        if kind == "null":
            shape.nulls += 1
            return 0
        if depth >= _DEEPEST:
            return 1
        if kind == "list":
            return self._take_list(shape, value, place, depth)
        return self._take_object(shape, value, place, depth) if kind == "object" else 0

    def _take_list(self, shape: Shape, value: list[JSON], place: Place, depth: int) -> int:
        if value and shape.filled is None:
            shape.filled = place
        if value and shape.items is None:
            shape.items = self._new()
        if shape.items is None:
            return 0
        count = 0
        for item in value:
            count += self._take(shape.items, item, place, depth + 1)
        return count

    def _take_object(self, shape: Shape, value: Mapping[str, JSON], place: Place, depth: int) -> int:
        shape.objects += 1
        count = len(value)
        fields = shape.fields
        for key, item in value.items():
            below = fields.get(key)
            if below is None:
                below = self._new()
                if below is None:
                    continue
                fields[key] = below
            count += self._take(below, item, place, depth + 1)
        if depth == 0:
            for key, item in value.items():
                for message in item if type(item) is list else ():
                    if type(message) is dict:
                        self._remember_plain(key, fields.get(key, _NOTHING), message)
        return count

    def _new(self) -> Shape | None:
        if self._left == 0:
            return None
        self._left -= 1
        return Shape()


def _integer(value: JSON) -> Kind:
    if -(1 << 63) <= value < 1 << 63:
        return "integer"
    return "large" if 0 < value < 1 << 64 else "huge"


def _other(value: JSON) -> Kind:
    return "other"


_KINDS: dict[type, Callable[[JSON], Kind]] = {
    type(None): lambda value: "null",
    bool: lambda value: "boolean",
    int: _integer,
    float: lambda value: "float" if value.is_integer() else "fraction",
    str: lambda value: "string",
    list: lambda value: "list",
    dict: lambda value: "object",
}
_SETTLED = frozenset({type(None), bool})
"""Types whose values are all of one kind: once such a row was seen, another says nothing new."""

_EMPTY = frozenset({"", "[]"})
_STRINGS = {str}
_NOTHING = Shape()

FAMILIES: dict[Kind, str] = {
    "boolean": "boolean",
    "integer": "number",
    "large": "number",
    "huge": "number",
    "float": "number",
    "fraction": "number",
    "string": "string",
    "list": "list",
    "object": "object",
}
"""Kinds that Arrow unifies are of one family; null goes with all."""


def named(path: Path) -> str:
    """A path as people write it: `conversations[].value`."""
    return "".join("[]" if part is None else f".{part}" for part in path).removeprefix(".")
