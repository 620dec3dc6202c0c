"""Rows that have the same key: among few by a dictionary, among millions by sorting, none of them an object."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
    Keys: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]
    AnyKeys: TypeAlias = Sequence[int] | array[int] | Keys

_FEW = 2000
"""Rows up to which it costs less to do without numpy than to import it."""


class EqualKeys:
    """The groups of two rows or more with the same key; rows are numbered as their keys come.

    Takes 24 bytes a row for a while.
    """

    def __init__(self, keys: AnyKeys) -> None:
        self._groups = _Few(map(int, keys)) if len(keys) <= _FEW else _Many(keys)

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def rows(self) -> int:
        """How many rows are in a group."""
        return self._groups.rows

    def largest_first(self) -> Iterator[list[int]]:
        """The groups, ascending within; of equals the one that begins first comes first."""
        return self._groups.largest_first()


class _Few:
    def __init__(self, keys: Iterable[int]) -> None:
        groups: dict[int, list[int]] = {}
        for number, key in enumerate(keys):
            groups.setdefault(key, []).append(number)
        self._groups = [group for group in groups.values() if len(group) > 1]

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def rows(self) -> int:
        return sum(map(len, self._groups))

    def largest_first(self) -> Iterator[list[int]]:
        return iter(sorted(self._groups, key=lambda group: (-len(group), group[0])))


class _Many:
    def __init__(self, keys: AnyKeys) -> None:
        import numpy as np

        found = np.asarray(keys, dtype=np.uint64)
        self._order: Numbers = np.argsort(found, kind="stable")
        in_order = found[self._order]
        starts = np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1])))
        sizes = np.diff(starts, append=len(in_order))
        self._starts: Numbers = starts[sizes > 1]
        self._sizes: Numbers = sizes[sizes > 1]

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def rows(self) -> int:
        return int(self._sizes.sum())

    def largest_first(self) -> Iterator[list[int]]:
        import numpy as np

        firsts = self._order[self._starts]
        for index in np.lexsort((firsts, -self._sizes)).tolist():
            start = int(self._starts[index])
            group: list[int] = self._order[start : start + int(self._sizes[index])].tolist()
            yield group


def first_of_each(keys: array[int]) -> Sequence[int] | Numbers:
    """The first row of each key, ascending."""
    if len(keys) <= _FEW:
        firsts: dict[int, int] = {}
        for number, key in enumerate(keys):
            firsts.setdefault(key, number)
        return list(firsts.values())
    import numpy as np

    found = np.unique(np.asarray(keys, dtype=np.uint64), return_index=True)[1]
    found.sort()
    return found


def chosen(keys: array[int], rows: Sequence[int] | Numbers) -> AnyKeys:
    """The keys of these rows."""
    if len(rows) <= _FEW:
        return [keys[number] for number in rows]
    import numpy as np

    found: Keys = np.asarray(keys, dtype=np.uint64)[rows]
    return found
