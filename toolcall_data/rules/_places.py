"""Where rows stand, for findings about many of them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath
from typing import NamedTuple

from toolcall_data.conversation.model import Origin
from toolcall_data.prose import Prose
from toolcall_data.rules.base import Finding

MOST_PLACES = 5
"""How many places a finding lists."""


class Place(NamedTuple):
    """A row of a file; `row` from 0, `line` from 1 or None."""

    file: str
    row: int
    line: int | None


def place_of(origin: Origin) -> Place:
    return Place(origin.path, origin.row, origin.line)


class Places:
    """The places of rows, numbered from 0 as they come; 8 bytes a row."""

    def __init__(self) -> None:
        self._rows = array("I")
        self._lines = array("I")
        self._starts: list[int] = []
        self._files: list[str] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Place:
        file = self._files[bisect_right(self._starts, number) - 1]
        return Place(file, self._rows[number], self._lines[number] or None)

    def add(self, origin: Origin) -> None:
        if not self._files or self._files[-1] != origin.path:
            self._files.append(origin.path)
            self._starts.append(len(self._rows))
        self._rows.append(origin.row)
        self._lines.append(origin.line or 0)

    def merge(self, later: Places) -> None:
        before = len(self._rows)
        for start, file in zip(later._starts, later._files, strict=True):
            if not self._files or self._files[-1] != file:
                self._files.append(file)
                self._starts.append(before + start)
        self._rows += later._rows
        self._lines += later._lines

    def by_file(self) -> Iterator[tuple[str, range]]:
        """Each run of rows of one file."""
        for file, (start, end) in zip(self._files, pairwise([*self._starts, len(self._rows)]), strict=True):
            yield file, range(start, end)


def placed(finding: Finding, place: Place, key: str = "") -> Finding:
    """A finding at a row, named by a key, or else by the file: other rows may come to stand before this one."""
    return replace(finding, file=place.file, row=place.row, line=place.line, key=key or PurePath(place.file).name)


def listed(places: Sequence[Place], home: str, count: int | None = None) -> Prose:
    """The first of `count` places in words: `lines 3, 9 and 12 more`; those in other files than `home` with theirs."""
    count = len(places) if count is None else count
    shown = [_spot(place, home) for place in places[:MOST_PLACES]]
    here = [spot for spot in shown if spot.isdigit()]
    others = [spot for spot in shown if not spot.isdigit()]
    words = ", ".join(([f"line{'s' * (len(here) > 1)} {', '.join(here)}"] if here else []) + others)
    chinese = "、".join(([f"第 {'、'.join(here)} 行"] if here else []) + others)
    if (more := count - len(shown)) > 0:
        return Prose(f"{words} and {more:,} more", f"{chinese}，另有 {more:,} 处")
    return Prose(words, chinese)


def _spot(place: Place, home: str) -> str:
    """A line number, or `#row` (from 0) where lines do not tell rows apart; with the file's name if it is another."""
    has_own_line = place.line is not None and place.line > place.row
    spot = str(place.line) if has_own_line else f"#{place.row}"
    return spot if place.file == home else f"{PurePath(place.file).name}:{spot}"
