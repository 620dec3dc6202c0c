"""Findings about groups of rows: one for each of the largest, one for the rest."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from toolcall_data.prose import Prose
from toolcall_data.rules._places import MOST_PLACES, Places, listed, placed
from toolcall_data.rules.base import Finding, Rule

MOST_CLUSTERS = 20
"""How many groups of one rule are named; the others are counted."""

Say: TypeAlias = Callable[[int, Prose], Prose]
"""The message on a group, from the number of its rows and the places of all but the first."""


def cluster_findings(
    rule: Rule,
    groups: Iterable[Sequence[int]],
    places: Places,
    say: Say,
    hint: Prose,
    count: int,
    rows: int,
    keys: array[int],
) -> Iterator[Finding]:
    """A finding at the first row of each group, as far as they are named; `count` and `rows` are those of all.

    The least of the `keys` of its rows names a finding, in whatever order the rows stand.
    """
    left = iter(groups)
    file, named = "", 0
    for group in islice(left, MOST_CLUSTERS):
        first, *others = (places[number] for number in group[: MOST_PLACES + 1])
        file = file or first.file
        named += len(group)
        found = rule.found(say(len(group), listed(others, first.file, len(group) - 1)), hint=hint)
        yield placed(found, first, f"{min(keys[number] for number in group):016x}")
    if count > MOST_CLUSTERS:
        yield replace(rule.found(_rest(count - MOST_CLUSTERS, rows - named), hint=hint), file=file)


def _rest(groups: int, rows: int) -> Prose:
    noun = "group" if groups == 1 else "groups"
    return Prose(
        f"{groups:,} more such {noun}, of {rows:,} rows in all",
        f"另有 {groups:,} 组，共 {rows:,} 行",
    )


def largest_first(groups: Iterable[Sequence[int]]) -> list[Sequence[int]]:
    """The largest groups first, of equals the one that begins first."""
    return sorted(groups, key=lambda group: (-len(group), group[0]))
