"""Texts as sets of runs of five characters, and short sketches of those sets from which their overlap can be told.

White space, sentence marks, case and width do not count. A text is the set of its runs, which needs no words and so
works for Chinese; a text shorter than a run is its own only run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np

    Shape = TypeVar("Shape", bound=tuple[int, ...])
    Hashes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]
    Counts: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
    Numbers: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.uint32]]
    Numbers32: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint32]]

WIDTH = 5
"""Characters in a run."""
BINS = 120
"""Numbers in a sketch."""


def similarity(first: str, second: str) -> float:
    """The true Jaccard similarity of two texts, from 0 to 1."""
    return share(run_set(first), run_set(second))


def share(first: Hashes, second: Hashes) -> float:
    """How much of two sets is in both (Jaccard similarity)."""
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

    codes, heads, counts = _windows(texts)
    count = len(heads)
    hashes = codes[:count].astype(np.uint64)
    for step in range(1, WIDTH):
        hashes *= _FACTOR
        hashes += codes[step : step + count]
    return _mixed(hashes[heads]), counts


def _short_runs(texts: Sequence[str]) -> tuple[Numbers32, Counts]:
    """As `_runs`, with 32 bits a run, at half the cost: enough where a few that coincide by chance do no harm."""
    import numpy as np

    codes, heads, counts = _windows(texts)
    count = len(heads)
    hashes = codes[:count].copy()
    for step in range(1, WIDTH):
        hashes *= np.uint32(_FACTOR & 0xFFFFFFFF)
        hashes += codes[step : step + count]
    return hashes[heads], counts


def _windows(texts: Sequence[str]) -> tuple[Numbers32, np.ndarray[tuple[int], np.dtype[np.bool_]], Counts]:
    """The code points of all texts, at which of them a run begins, and how many runs each text has."""
    import numpy as np

    codes, lengths = _folded(texts)
    counts = np.maximum(lengths - (WIDTH - 1), 1)
    return codes, _heads(counts, lengths + WIDTH, len(codes) - (WIDTH - 1)), counts


def _heads(counts: Counts, sizes: Counts, length: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of stretches of these sizes one after the other, the first so many of each; the last may be cut off."""
    import numpy as np

    parts = np.stack((counts, sizes - counts), axis=1).ravel()
    return np.repeat(np.tile(np.array([True, False]), len(counts)), parts)[:length]


def _folded(texts: Sequence[str]) -> tuple[Numbers32, Counts]:
    """The code points that count, each text followed by five zeros, and the length of each text without them.

    White space, sentence marks, case and width do not count; where a text has nothing else, all of it counts.
    """
    import numpy as np

    data = _GAP.join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    codes = _table()[np.frombuffer(data, dtype="<u4")]
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + WIDTH
    kept = codes != _DROPPED
    dropped = np.searchsorted(np.flatnonzero(~kept), np.cumsum(sizes))
    lengths = sizes - WIDTH - np.diff(dropped, prepend=0)
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
def _table() -> Numbers32:
    """What every code point counts as."""
    import numpy as np

    table = np.arange(0x110000, dtype=np.uint32)
    table[0xFF01:0xFF5F] = table[0x21:0x7F]
    for first in (ord("A"), ord("Ａ")):
        table[first : first + 26] = table[ord("a") : ord("z") + 1]
    # The point, the comma and the colon stay: they part numbers.
    dropped = " \t\r\n\v\f\x1e\xa0\u3000\u200b\ufeff!?;\"'！？；，。：、…“”‘’"
    table[[ord(each) for each in dropped]] = _DROPPED
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


def _mixed32(hashes: np.ndarray[Shape, np.dtype[np.uint32]]) -> np.ndarray[Shape, np.dtype[np.uint32]]:
    """As `_mixed`, for 32 bits (the end of MurmurHash3's shorter form)."""
    import numpy as np

    hashes ^= hashes >> 16
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> 13
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> 16
    return hashes


def sketches(texts: Sequence[str]) -> Numbers:
    """The sketches, of shape (texts, 120): two texts agree in as large a share of the numbers as of their runs.

    As exact as 120 permutations, at about the cost of one (after "Fast similarity sketching", Dahlgaard, Knudsen and
    Thorup, 2017). In each round a run falls into one bin with one number, and an empty bin takes the least number that
    falls into it; texts with full sketches leave. Two rounds share one mixing: the first takes its bins from the upper
    half of the bits, the other from the lower. Bins that are empty after the last round, as those of short texts are,
    take the least number of all runs, which is another one for each bin.
    """
    import numpy as np

    hashes, counts = _short_runs(texts)
    found = np.full(len(counts) * BINS, _EMPTY, dtype=np.uint32)
    rows = found.reshape(-1, BINS)
    left = np.arange(len(counts), dtype=np.uint32)
    bases = np.repeat(left * BINS, counts)
    mixed = hashes
    for number in range(_ROUNDS):
        if number % 2 == 0:
            mixed = _mixed32(hashes + np.uint32(number * _START & 0xFFFFFFFF))
        places = (bases + _bins_of(mixed, number % 2 == 0)).astype(np.intp)
        values = mixed
        if number:
            falls = np.flatnonzero(found[places] == _EMPTY)
            places, values = places[falls], values[falls]
        values = values * np.uint32(_VALUES[number % 2])
        np.minimum.at(found, places, np.minimum(values, np.uint32(_EMPTY - 1)))
        if number % 2:
            is_open = (rows[left] == _EMPTY).any(axis=1)
            stays = np.repeat(is_open, counts)
            hashes, bases = hashes[stays], bases[stays]
            left, counts = left[is_open], counts[is_open]
            if not len(left):
                return rows
    rows[left] = np.where(rows[left] == _EMPTY, _permuted(hashes, counts), rows[left])
    return rows


def _bins_of(mixed: Numbers32, is_upper: bool) -> Numbers32:
    """The bin of each run, from one half of its bits."""
    import numpy as np

    half = mixed >> np.uint32(16) if is_upper else mixed & np.uint32(0xFFFF)
    half *= np.uint32(BINS)
    half >>= np.uint32(16)
    return half


def _permuted(hashes: Numbers32, counts: Counts) -> Numbers:
    """The least number of each text's runs in 120 permutations, of shape (texts, 120)."""
    import numpy as np

    starts = np.cumsum(counts) - counts
    seeds = (np.arange(1, BINS + 1, dtype=np.uint64) * _START >> np.uint64(32)).astype(np.uint32)
    width = max(_MOST_NUMBERS // len(hashes), 1)
    parts = (hashes[:, np.newaxis] ^ seeds[start : start + width] for start in range(0, BINS, width))
    return np.concatenate([np.minimum.reduceat(_mixed32(part), starts) for part in parts], axis=1)


_ROUNDS = 8
_MOST_NUMBERS = 1 << 16
"""Numbers that are held at once, unless a text has more runs."""
_EMPTY = 0xFFFFFFFF
_VALUES = (0x9E3779B1, 0xC2B2AE3D)
