"""Texts as sets of runs of five characters, and short sketches of those sets from which their overlap can be told.

White space, sentence marks, case and width do not count. A text is the set of its runs, which needs no words and so
works for Chinese; a text shorter than a run is its own only run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Hashes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]
    Counts: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]
    Numbers: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.uint32]]

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


def sketches(texts: Sequence[str]) -> Numbers:
    """The sketches, of shape (texts, 120): two texts agree in as large a share of the numbers as of their runs.

    As exact as 120 permutations, at about the cost of one ("Fast similarity sketching", Dahlgaard, Knudsen and Thorup,
    2017). In each round a run falls into one bin with one number, and an empty bin takes the least number that falls
    into it; in the rounds after the 120th all fall into the same bin, which ends it. Texts with full sketches leave.
    """
    import numpy as np

    hashes, counts = _runs(texts)
    empty = np.uint32(0xFFFFFFFF)
    found = np.full((len(counts), BINS), empty, dtype=np.uint32)
    open_texts = np.arange(len(counts))
    owners = np.repeat(open_texts, counts)
    for number in range(2 * BINS):
        rolled = _mixed(hashes + np.uint64(number * _START & 0xFFFFFFFFFFFFFFFF)) if number else hashes
        bins = ((rolled >> 32) * BINS >> 32).astype(np.int64) if number < BINS else number - BINS
        least = np.full(len(open_texts) * BINS, empty, dtype=np.uint32)
        np.minimum.at(least, owners * BINS + bins, np.minimum(rolled.astype(np.uint32), empty - np.uint32(1)))
        before = found[open_texts]
        after = np.where(before == empty, least.reshape(before.shape), before)
        found[open_texts] = after
        is_open = (after == empty).any(axis=1)
        if not is_open.any():
            break
        if not is_open.all():
            stays = is_open[owners]
            hashes = hashes[stays]
            owners = (np.cumsum(is_open) - 1)[owners[stays]]
            open_texts = open_texts[is_open]
    return found
