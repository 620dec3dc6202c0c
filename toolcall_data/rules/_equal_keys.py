"""Rows that have the same key: found among millions by sorting, none of them an object."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
    Keys: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]


class EqualKeys:
    """The groups of two rows or more with the same key; rows are numbered as their keys come.

    Takes 24 bytes a row for a while.
    """

    def __init__(self, keys: array[int] | Keys) -> None:
        import numpy as np

        found = np.asarray(keys, dtype=np.uint64)
        self._order: Numbers = np.argsort(found, kind="stable")
        in_order = found[self._order]
        starts = np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1]))[: len(in_order)])
        sizes = np.diff(starts, append=len(in_order))
        self._starts: Numbers = starts[sizes > 1]
        self._sizes: Numbers = sizes[sizes > 1]

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def rows(self) -> int:
        """How many rows are in a group."""
        return int(self._sizes.sum())

    def largest_first(self) -> Iterator[list[int]]:
        """The groups, ascending within; of equals the one that begins first comes first."""
        import numpy as np

        firsts = self._order[self._starts]
        for index in np.lexsort((firsts, -self._sizes)).tolist():
            yield self._group(index)

    def __iter__(self) -> Iterator[list[int]]:
        """The groups in the order of their first rows."""
        import numpy as np

        for index in np.argsort(self._order[self._starts], kind="stable").tolist():
            yield self._group(index)

    def _group(self, index: int) -> list[int]:
        start = int(self._starts[index])
        found: list[int] = self._order[start : start + int(self._sizes[index])].tolist()
        return found


def first_of_each(keys: array[int]) -> Numbers:
    """The first row of each key, ascending."""
    import numpy as np

    firsts = np.unique(np.asarray(keys, dtype=np.uint64), return_index=True)[1]
    firsts.sort()
    return firsts
