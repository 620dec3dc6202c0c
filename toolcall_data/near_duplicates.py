"""Texts that are nearly the same, found among millions: by sketches, then proved by comparing the texts themselves.

White space, sentence marks, case and width do not count. A text is the set of its runs of five characters, which needs
no words and so works for Chinese; a shorter text is its own only run. Two texts are near duplicates where their sets
overlap by the threshold (Jaccard similarity).

Each text gets a sketch of 120 numbers ("fast similarity sketching", Dahlgaard, Knudsen and Thorup 2017: as exact as
120 permutations, at the cost of about one). Texts that agree in one of 20 bands of 6 numbers are candidates: 99.7 % of
the pairs at 0.8, 98.6 % at 0.75. Candidates count only if their true similarity reaches the threshold.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Hashes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]
    Counts: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
    Bands: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.uint32]]

WIDTH = 5
"""Characters in a run."""
THRESHOLD = 0.8
BANDS, ROWS = 20, 6
"""Bands of a sketch, and numbers in a band."""

_BINS = BANDS * ROWS
_BATCH_TEXTS, _BATCH_CHARACTERS = 1024, 1 << 16
"""Texts are sketched together: a call of numpy costs as much as a hundred characters. More would leave the cache."""
_IN_MEMORY = 8 << 20
"""Bytes of texts and of bands that are held before they go to a temporary file."""
_MOST_LEADERS = 8
"""With how many unlike texts of a bucket another one is compared."""
_MOST_REMEMBERED = 1 << 20
"""Pairs remembered as unlike."""
_MOST_SETS = 512
"""Texts whose runs are kept for the next comparison."""

Linked: TypeAlias = Callable[[int, int], bool]
"""Whether two similar texts, by their numbers, may count as near duplicates of each other."""


class NearDuplicates:
    """Texts, numbered from 0 as they are added, and the clusters of those that are nearly the same.

    8 bytes a text stay in memory; texts and bands (80 bytes each) beyond 8 MiB go to a temporary file. `clusters` needs
    12 bytes a text for a while. May be pickled and merged: the texts of the later one are numbered after our own.
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self.threshold = threshold
        self._ends = array("Q")
        self._texts = _Spill()
        self._bands = _Spill()
        self._batches: list[int] = []
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
        self._waiting_characters += len(text)
        if len(self._waiting) >= _BATCH_TEXTS or self._waiting_characters >= _BATCH_CHARACTERS:
            self._sketch_waiting()

    def merge(self, later: NearDuplicates) -> None:
        """Take in the texts of another one, after our own."""
        self._sketch_waiting()
        later._sketch_waiting()
        start = self._ends[-1] if self._ends else 0
        self._ends.extend(array("Q", (start + end for end in later._ends)))
        self._batches += later._batches
        for own, others in ((self._texts, later._texts), (self._bands, later._bands)):
            for piece in others.pieces():
                own.append(piece)

    def text(self, number: int) -> str:
        """A text as it was added."""
        start = self._ends[number - 1] if number else 0
        return self._texts.read(start, self._ends[number] - start).decode("utf-8", "surrogatepass")

    def clusters(self, among: Sequence[int] | None = None, linked: Linked | None = None) -> list[list[int]]:
        """Groups of two texts or more, in the order of their first; every one is similar to another of its group.

        `among` are the numbers to look at, ascending; all where it is None. The same texts give the same clusters.
        """
        self._sketch_waiting()
        return _Clustering(self, linked or _always).run(range(len(self)) if among is None else among)

    def buckets(self, among: Sequence[int]) -> Iterator[list[int]]:
        """Band by band, the texts of `among` that agree in a band, each group ascending."""
        import numpy as np

        chosen = np.asarray(among, dtype=np.int64)
        for band in range(BANDS):
            keys = self._band(band)[chosen]
            order = np.argsort(keys, kind="stable")
            sorted_keys = keys[order]
            starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
            sizes = np.diff(starts, append=len(keys))
            for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
                yield chosen[order[start : start + size]].tolist()

    def _sketch_waiting(self) -> None:
        if self._waiting:
            self._bands.append(bands_of(self._waiting).T.tobytes())
            self._batches.append(len(self._waiting))
            self._waiting, self._waiting_characters = [], 0

    def _band(self, band: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        """One band of every text; a batch holds its bands one after the other."""
        import numpy as np

        found = bytearray()
        start = 0
        for size in self._batches:
            found += self._bands.read(start + band * size * 4, size * 4)
            start += size * BANDS * 4
        return np.frombuffer(found, dtype=np.uint32)


class _Clustering:
    """One search for clusters: union-find over the texts that have met another."""

    def __init__(self, texts: NearDuplicates, linked: Linked) -> None:
        self._texts = texts
        self._linked = linked
        self._above: dict[int, int] = {}
        self._unlike: set[int] = set()
        self._sets: OrderedDict[int, Hashes] = OrderedDict()

    def run(self, among: Sequence[int]) -> list[list[int]]:
        for bucket in self._texts.buckets(among) if len(among) > 1 else ():
            leaders: list[int] = []
            for number in bucket:
                if not any(self._joins(number, leader) for leader in leaders) and len(leaders) < _MOST_LEADERS:
                    leaders.append(number)
        groups: dict[int, list[int]] = {}
        for number in sorted(self._above):
            groups.setdefault(self._top(number), []).append(number)
        return [groups[top] for top in sorted(groups)]

    def _joins(self, number: int, leader: int) -> bool:
        """Whether a text belongs to the cluster of another; it does from now on where they are alike."""
        first, second = sorted((self._top(leader), self._top(number)))
        if first == second:
            return True
        pair = leader << 32 | number
        if pair in self._unlike:
            return False
        if self._is_similar(number, leader) and self._linked(leader, number):
            self._above[first] = first
            self._above[second] = first
            self._above.setdefault(number, first)
            self._above.setdefault(leader, first)
            return True
        if len(self._unlike) >= _MOST_REMEMBERED:
            self._unlike.clear()
        self._unlike.add(pair)
        return False

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
        return _jaccard(ours, others) >= self._texts.threshold

    def _set(self, number: int) -> Hashes:
        known = self._sets.get(number)
        if known is not None:
            self._sets.move_to_end(number)
            return known
        if len(self._sets) >= _MOST_SETS:
            self._sets.popitem(last=False)
        found = self._sets[number] = run_set(self._texts.text(number))
        return found


def _always(first: int, second: int) -> bool:
    return True


def similarity(first: str, second: str) -> float:
    """The true Jaccard similarity of two texts, from 0 to 1."""
    return _jaccard(run_set(first), run_set(second))


def _jaccard(first: Hashes, second: Hashes) -> float:
    import numpy as np

    both = np.concatenate((first, second))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)


def run_set(text: str) -> Hashes:
    """The 64-bit hashes of a text's runs, each once, ascending."""
    import numpy as np

    return np.unique(_runs([text])[0])


def _runs(texts: Sequence[str]) -> tuple[Hashes, Counts]:
    """The hashes of the runs of every text one after the other, and how many each text has, at least one.

    A text is followed by zeros; only a text that is too short for a run of its own takes some of them in.
    """
    import numpy as np

    codes, lengths = _folded(texts)
    counts = np.maximum(lengths - (WIDTH - 1), 1)
    count = len(codes) - (WIDTH - 1)
    hashes = codes[:count].astype(np.uint64)
    for step in range(1, WIDTH):
        hashes *= _FACTOR
        hashes += codes[step : step + count]
    return _mixed(hashes[_heads(counts, lengths + WIDTH, count)]), counts


def _heads(counts: Counts, sizes: Counts, length: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of stretches of these sizes one after the other, the first so many of each; the last may be cut off."""
    import numpy as np

    change = np.zeros(int(sizes.sum()) + 1, dtype=np.int8)
    starts = np.cumsum(sizes) - sizes
    change[starts] = 1
    change[starts + counts] = -1
    return np.cumsum(change[:length], dtype=np.int8).view(np.bool_)


def _folded(texts: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint32]], Counts]:
    """The code points that count, each text followed by five zeros, and the length of each text without them.

    White space, sentence marks, case and width do not count; where a text has nothing else, all of it counts.
    """
    import numpy as np

    data = _GAP.join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    codes = _table()[np.frombuffer(data, dtype="<u4")]
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + WIDTH
    kept = codes != _DROPPED
    lengths = np.add.reduceat(kept, np.cumsum(sizes) - sizes, dtype=np.int64) - WIDTH
    if (lengths > 0).all() or not any(text and not length for text, length in zip(texts, lengths, strict=True)):
        return codes[kept], lengths
    spelt = [text if length else "".join(map(_spelt, text)) for text, length in zip(texts, lengths, strict=True)]
    return _folded(spelt)


_GAP = "\0" * WIDTH
_DROPPED = 0xFFFFFFFF
_PRIVATE = 0xF0000


def _spelt(character: str) -> str:
    """A character of its own for one that is usually left out."""
    return chr(_PRIVATE + ord(character) % 0xFFFF)


@cache
def _table() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """What every code point counts as."""
    import numpy as np

    table = np.arange(0x110000, dtype=np.uint32)
    table[0xFF01:0xFF5F] = table[0x21:0x7F]
    for first in (ord("A"), ord("Ａ")):
        table[first : first + 26] = table[ord("a") : ord("z") + 1]
    # The point, the comma and the colon stay: they part numbers.
    table[[ord(each) for each in " \t\r\n\v\f\x1e\xa0\u3000\u200b\ufeff!?;\"'！？；，。：、…“”‘’"]] = _DROPPED
    return table


_START = 0x9E3779B97F4A7C15
_FACTOR = 0xD6E8FEB86659FD93


def _mixed(hashes: Hashes) -> Hashes:
    """Every bit of a hash made to depend on all others (the end of MurmurHash3); the array is reused."""
    hashes ^= hashes >> 33
    hashes *= 0xFF51AFD7ED558CCD
    hashes ^= hashes >> 33
    hashes *= 0xC4CEB9FE1A85EC53
    hashes ^= hashes >> 33
    return hashes


def bands_of(texts: Sequence[str]) -> Bands:
    """A 32-bit number for each band of each text, of shape (texts, 20)."""
    import numpy as np

    numbers = _sketches(*_runs(texts)).astype(np.uint64).reshape(len(texts) * BANDS, ROWS)
    keys = np.zeros(len(numbers), dtype=np.uint64)
    for place in range(ROWS):
        keys = _mixed(keys * _FACTOR + numbers[:, place] + _START)
    return (keys >> 32).astype(np.uint32).reshape(len(texts), BANDS)


def _sketches(hashes: Hashes, counts: Counts) -> Bands:
    """The sketches, of shape (texts, 120).

    In each round a run falls into one bin with one number, and an empty bin takes the least number that falls into it;
    in the rounds after the 120th all fall into the same bin, which ends it. Texts with full sketches leave.
    """
    import numpy as np

    empty = np.uint32(0xFFFFFFFF)
    sketches = np.full((len(counts), _BINS), empty, dtype=np.uint32)
    open_texts = np.arange(len(counts))
    owners = np.repeat(open_texts, counts)
    for number in range(2 * _BINS):
        rolled = _mixed(hashes + np.uint64(number * _START & 0xFFFFFFFFFFFFFFFF)) if number else hashes
        bins = ((rolled >> 32) * _BINS >> 32).astype(np.int64) if number < _BINS else number - _BINS
        least = np.full(len(open_texts) * _BINS, empty, dtype=np.uint32)
        np.minimum.at(least, owners * _BINS + bins, np.minimum(rolled.astype(np.uint32), empty - np.uint32(1)))
        before = sketches[open_texts]
        after = np.where(before == empty, least.reshape(before.shape), before)
        sketches[open_texts] = after
        is_open = (after == empty).any(axis=1)
        if not is_open.any():
            break
        if not is_open.all():
            stays = is_open[owners]
            hashes = hashes[stays]
            owners = (np.cumsum(is_open) - 1)[owners[stays]]
            open_texts = open_texts[is_open]
    return sketches


class _Spill:
    """Bytes that are appended and read back; beyond a size they lie in a temporary file that nobody else sees."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._size = 0
        self._is_at_end = True
        weakref.finalize(self, self._file.close)

    def append(self, data: bytes) -> None:
        if not self._is_at_end:
            self._file.seek(self._size)
            self._is_at_end = True
        self._file.write(data)
        self._size += len(data)

    def read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        self._is_at_end = False
        return self._file.read(size)

    def pieces(self) -> Iterator[bytes]:
        for start in range(0, self._size, 1 << 20):
            yield self.read(start, min(1 << 20, self._size - start))

    def __getstate__(self) -> bytes:
        return self.read(0, self._size)

    def __setstate__(self, state: bytes) -> None:
        self.__init__()  # type: ignore[misc]
        self.append(state)
