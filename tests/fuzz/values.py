"""Mutations of a row as a JSON value: types swapped, keys dropped and renamed, subtrees of other rows, deep nesting."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.fuzz.dice import Dice
from tests.fuzz.seeds import keys, rows
from tests.fuzz.texts import endless, piece, text_of

ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.5,
        1.0,
        10**400,
        -(10**30),
        2**63,
        1e308,
        float("nan"),
        float("inf"),
        float("-inf"),
    ),
    *(
        "",
        " ",
        "x",
        "null",
        "[]",
        "{}",
        "北京",
        "\ud800",
        "\x00",
        "1",
        "true",
        "object",
        "string",
        "human",
        "assistant",
    ),
    *(
        [],
        {},
        [[]],
        [{}],
        [None],
        {"": None},
        {"a": {}},
        [1, "a", None],
        {"type": "object"},
        {"type": []},
        {"$ref": "#"},
    ),
    *(
        {"enum": [{}]},
        {"role": "user"},
        {"from": "gpt", "value": None},
        {"name": None, "arguments": None},
        {"function": {}},
    ),
    *({"type": "object", "properties": []}, {"required": "a"}, {"pattern": "(a+)+$"}, {"$ref": "#/a"}, {"anyOf": [{}]}),
    *(
        {"minimum": "x"},
        {"format": "date"},
        {"additionalProperties": {"$ref": "#"}},
        {"const": float("nan")},
        {"items": [1]},
    ),
)
DEEP = "@deep"
"""A text that starts so stands for brackets that nest deep: the writer of lines puts them in its place."""
_MOST_PLACES = 4000


class Place(NamedTuple):
    """An item of an object or array."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        self.holder[self.key] = value


def places(row: Any) -> list[Place]:
    """Every item in the row, whatever its depth."""
    found: list[Place] = []
    waiting = [row]
    while waiting and len(found) < _MOST_PLACES:
        holder = waiting.pop()
        for key, value in list(_items(holder)):
            found.append(Place(holder, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _items(holder: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(holder, dict):
        return iter(holder.items())
    return iter(enumerate(holder) if isinstance(holder, list) else ())


def row_of(dice: Dice) -> Any:
    """A row of the seeds, the caller's own."""
    return pickle.loads(dice.one_of(rows()))


def mutate_value(dice: Dice, row: Any) -> Any:
    """The row with something done to one of its items; it is changed in place."""
    if found := places(row):
        place = dice.one_of(found)
        if isinstance(place.value, str) and dice.chance(0.4) and _inside(dice, place, mutate_value):
            return row
        dice.one_of(_WAYS)(dice, place)
        return row
    return _odd(dice)


def _odd(dice: Dice) -> Any:
    return copy.deepcopy(dice.one_of(ODD))


def mutate_text(dice: Dice, row: Any) -> Any:
    """The row with something done to one of its texts, or inside the JSON that a text holds."""
    texts = [place for place in places(row) if isinstance(place.value, str)]
    if not texts:
        return mutate_value(dice, row)
    place = dice.one_of(texts)
    if not (dice.chance(0.3) and _inside(dice, place, mutate_text)):
        place.put(text_of(dice, place.value))
    return row


def _inside(dice: Dice, place: Place, mutate: Callable[[Dice, Any], Any]) -> bool:
    """Mutate the JSON that a text holds; whether it holds any."""
    if not place.value.lstrip().startswith(("{", "[")):
        return False
    try:
        value = json.loads(place.value)
        place.put(json.dumps(mutate(dice, value), ensure_ascii=dice.chance(0.1)))
    except (ValueError, RecursionError):
        return False
    return True


def _swap(dice: Dice, place: Place) -> None:
    place.put(_odd(dice))


def _drop(dice: Dice, place: Place) -> None:
    del place.holder[place.key]


def _double(dice: Dice, place: Place) -> None:
    if isinstance(place.holder, list):
        place.holder.insert(dice.below(len(place.holder)), place.value)
    else:
        place.put([place.value, place.value])


def _rename(dice: Dice, place: Place) -> None:
    if isinstance(place.holder, dict):
        new = dice.one_of(keys()) if dice.chance(0.8) else piece(dice)
        place.holder[new] = place.holder.pop(place.key)
    else:
        place.put({dice.one_of(keys()): place.value})


def _splice(dice: Dice, place: Place) -> None:
    other = row_of(dice)
    found = places(other)
    place.put(dice.one_of(found).value if found and dice.chance(0.9) else other)


def _add(dice: Dice, place: Place) -> None:
    other = places(row_of(dice))
    if isinstance(place.value, dict) and other:
        chosen = dice.one_of(other)
        place.value[chosen.key if isinstance(chosen.key, str) else dice.one_of(keys())] = chosen.value
    elif isinstance(place.value, list) and other:
        place.value.append(dice.one_of(other).value)
    else:
        place.put([place.value])


def _nest(dice: Dice, place: Place) -> None:
    value, key = place.value, dice.one_of(("a", "properties", "items", "anyOf"))
    is_list = dice.chance(0.5)
    for _ in range(min(dice.many(100), 200)):
        value = [value] if is_list else {key: value}
    place.put(value)


def _nest_deep(dice: Dice, place: Place) -> None:
    place.put(f"{DEEP}{dice.one_of('[{')}{min(dice.many(2000), 4000)}@")


def _long(dice: Dice, place: Place) -> None:
    if dice.chance(0.1):
        place.put(endless(dice))
    elif isinstance(place.holder, list) and dice.chance(0.2):
        place.holder.extend([place.value] * min(dice.many(200), 400))
    else:
        _as_text(dice, place)


def _as_text(dice: Dice, place: Place) -> None:
    """A value becomes its own JSON text, a text that holds JSON the value."""
    try:
        place.put(
            json.loads(place.value) if isinstance(place.value, str) else json.dumps(place.value, ensure_ascii=False)
        )
    except ValueError:
        place.put([place.value])


def _shuffle(dice: Dice, place: Place) -> None:
    if isinstance(place.value, list):
        place.put(dice.mixed(place.value))
    elif isinstance(place.value, dict):
        place.put({key: place.value[key] for key in dice.mixed(list(place.value))})
    else:
        _swap(dice, place)


_WAYS: tuple[Callable[[Dice, Place], None], ...] = (
    *(_swap, _swap, _swap, _drop, _drop, _double, _rename, _rename, _splice, _splice, _add, _add, _nest, _nest_deep),
    *(_long, _as_text, _shuffle),
)
