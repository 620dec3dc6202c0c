"""Texts that are nearly the same, found among millions: by sketches, then proved by comparing the texts themselves.

Two texts are near duplicates where their sets of runs (`text_sketches`) overlap by the threshold (Jaccard similarity).
Texts whose sketches agree in one of 20 bands of 6 numbers are candidates: 99.7 % of the pairs at 0.8. A candidate is
dropped where the whole sketches put it clearly below the threshold, and counts only if its true similarity reaches it.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from toolcall_data.spill import Spill
from toolcall_data.text_sketches import BINS, run_set, share, sketches

if TYPE_CHECKING:
    import numpy as np

    from toolcall_data.text_sketches import Hashes

    Ints: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

THRESHOLD = 0.8
BANDS = 20
_FEWEST = 2

_DOUBT = 0.1
"""How far below the threshold the sketches may put a pair that reaches it: 2.7 standard deviations of 120 numbers."""
_BATCH_TEXTS, _BATCH_CHARACTERS = 1024, 1 << 16
"""Texts are sketched together: a call of numpy costs as much as a hundred characters. More would leave the cache."""
_MOST_WAITING = 1 << 20
"""Characters that wait to be sketched: small sets need no numpy before their last row."""
_MOST_LEADERS = 8
"""With how many unlike texts of a bucket another one is compared."""
_MOST_PAIRS = 1 << 14
"""Pairs whose sketches are compared at once."""
_MOST_REMEMBERED = 1 << 18
"""Pairs remembered as unlike."""
_PATIENCE, _MOST_FAILURES = 8, 32
"""How often a text may turn out to be unlike another before only clear candidates are compared, and none at all: rows
of one pattern are all somewhat alike."""
_MOST_SETS = 512
"""Texts whose runs are kept for the next comparison."""

Linked: TypeAlias = Callable[[int, int], bool]
"""Whether two similar texts, by their numbers, may count as near duplicates of each other."""


class NearDuplicates:
    """Texts, numbered from 0 as they are added, and the clusters of those that are nearly the same.

    8 bytes a text and a million characters stay in memory; texts and sketches (200 bytes each) beyond 8 MiB lie in
    temporary files. `clusters` needs some 40 bytes a text for a while. May be pickled and merged: the texts of the
    later one follow our own.
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self.threshold = threshold
        self._ends = array("Q")
        self._texts = Spill()
        self._bands = Spill()
        self._sketches = Spill()
        self._waiting: list[str] = []
        self._waiting_characters = 0

    def __len__(self) -> int:
        return len(self._ends)

    def __getstate__(self) -> dict[str, object]:
        # Whoever takes it over shall not have to sketch what was added here.
        self._sketch_waiting()
        return self.__dict__

    def add(self, text: str) -> None:
        """Take in a text."""
        data = text.encode("utf-8", "surrogatepass")
        self._texts.append(data)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(data))
        self._waiting.append(text)
        self._waiting_characters += len(text) + 1
        if self._waiting_characters >= _MOST_WAITING:
            self._sketch_waiting()

    def merge(self, later: NearDuplicates) -> None:
        """Take in the texts of another one, after our own."""
        self._sketch_waiting()
        later._sketch_waiting()
        start = self._ends[-1] if self._ends else 0
        self._ends.extend(array("Q", (start + end for end in later._ends)))
        mine = (self._texts, self._bands, self._sketches)
        for own, others in zip(mine, (later._texts, later._bands, later._sketches), strict=True):
            for piece in others.pieces():
                own.append(piece)

    def text(self, number: int) -> str:
        """A text as it was added."""
        start = self._ends[number - 1] if number else 0
        return self._texts.read(start, self._ends[number] - start).decode("utf-8", "surrogatepass")

    def clusters(self, among: Sequence[int] | Ints | None = None, linked: Linked | None = None) -> list[list[int]]:
        """Groups of two texts or more, in the order of their first; every one is similar to another of its group.

        `among` are the numbers to look at, ascending; all where it is None. The same texts give the same clusters.
        """
        if len(self if among is None else among) < _FEWEST:
            return []
        self._sketch_waiting()
        import numpy as np

        chosen = np.arange(len(self)) if among is None else np.asarray(among, dtype=np.int64)
        search = _Search(self, linked or _always)
        for band in range(BANDS):
            self._search_band(band, chosen, search)
        return search.groups()

    def _sketch_waiting(self) -> None:
        for texts in _batches(self._waiting):
            found = sketches(texts)
            self._bands.append(_bands(found).tobytes())
            self._sketches.append(found.astype("u1").tobytes())
        self._waiting, self._waiting_characters = [], 0

    def _search_band(self, band: int, chosen: Ints, search: _Search) -> None:
        """Compare each text with the first of its bucket; those unlike it then with the first of them, and so on."""
        import numpy as np

        keys = np.ascontiguousarray(self._bands.rows(4 * BANDS).view(np.uint32)[:, band])[chosen]
        left = np.argsort(keys, kind="stable")
        for _ in range(_MOST_LEADERS):
            heads = np.ones(len(left), dtype=bool)
            heads[1:] = keys[left[1:]] != keys[left[:-1]]
            if heads.all():
                return
            leaders = left[heads][np.cumsum(heads) - 1][~heads]
            left = left[~heads]
            first, second = chosen[leaders], chosen[left]
            shared = self._shared(first, second)
            found = shared >= (self.threshold - _DOUBT) * BINS
            for index in np.flatnonzero(found).tolist():
                is_clear = int(shared[index]) >= self.threshold * BINS
                found[index] = search.compare(int(first[index]), int(second[index]), is_clear)
            left = left[~found]

    def _shared(self, first: Ints, second: Ints) -> Ints:
        """In how many numbers the sketches of pairs agree."""
        import numpy as np

        rows = self._sketches.rows(BINS)
        found = np.empty(len(first), dtype=np.int64)
        for start in range(0, len(first), _MOST_PAIRS):
            some = slice(start, start + _MOST_PAIRS)
            found[some] = np.count_nonzero(rows[first[some]] == rows[second[some]], axis=1)
        return found


class _Search:
    """One search for clusters: union-find over the texts that have met another."""

    def __init__(self, texts: NearDuplicates, linked: Linked) -> None:
        self._texts = texts
        self._linked = linked
        self._above: dict[int, int] = {}
        self._unlike: set[int] = set()
        self._failures = bytearray(len(texts))
        self._sets: OrderedDict[int, Hashes] = OrderedDict()

    def compare(self, first: int, second: int, is_clear: bool) -> bool:
        """Whether two texts are in one cluster; they are put into one where they are alike."""
        tops = sorted((self._top(first), self._top(second)))
        if tops[0] == tops[1]:
            return True
        pair = first << 32 | second
        if pair in self._unlike or self._failures[second] >= (_MOST_FAILURES if is_clear else _PATIENCE):
            return False
        if self._is_similar(first, second) and self._linked(first, second):
            for number in (*tops, first, second):
                self._above.setdefault(number, number)
            self._above[tops[1]] = tops[0]
            return True
        if len(self._unlike) >= _MOST_REMEMBERED:
            self._unlike.clear()
        self._unlike.add(pair)
        self._failures[second] += 1
        return False

    def groups(self) -> list[list[int]]:
        groups: dict[int, list[int]] = {}
        for number in sorted(self._above):
            groups.setdefault(self._top(number), []).append(number)
        return [groups[top] for top in sorted(groups)]

    def _top(self, number: int) -> int:
        """The first text of the cluster of this one; itself where it has none."""
        above = self._above
        while (upper := above.get(number, number)) != number:
            above[number] = above.get(upper, upper)
            number = upper
        return number

    def _is_similar(self, first: int, second: int) -> bool:
        ours, others = self._set(first), self._set(second)
        if min(len(ours), len(others)) < self._texts.threshold * max(len(ours), len(others)):
            return False
        return share(ours, others) >= self._texts.threshold

    def _set(self, number: int) -> Hashes:
        known = self._sets.get(number)
        if known is not None:
            self._sets.move_to_end(number)
            return known
        if len(self._sets) >= _MOST_SETS:
            self._sets.popitem(last=False)
        found = self._sets[number] = run_set(self._texts.text(number))
        return found


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, characters = 0, 0
    for end, text in enumerate(texts, 1):
        characters += len(text) + 1
        if end - start >= _BATCH_TEXTS or characters >= _BATCH_CHARACTERS or end == len(texts):
            yield texts[start:end]
            start, characters = end, 0


def _always(first: int, second: int) -> bool:
    return True


def _bands(
    numbers: np.ndarray[tuple[int, int], np.dtype[np.uint32]],
) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
    """A 32-bit number for each band of each sketch, of shape (texts, 20)."""
    import numpy as np

    width = BINS // BANDS
    parts = numbers.astype(np.uint64).reshape(-1, width)
    keys = np.full(len(parts), width, dtype=np.uint64)
    for place in range(width):
        keys = (keys ^ parts[:, place]) * _FACTOR
        keys ^= keys >> 29
    return (keys >> 32).astype(np.uint32).reshape(-1, BANDS)


_FACTOR = 0xD6E8FEB86659FD93
