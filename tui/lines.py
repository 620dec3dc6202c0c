"""Blocks of styled text, and the screen lines that they fill at a width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from toolcall_data.safe_text import safe

from .text import wrap

FOLDED = "folded"
"""The anchor of a block that stands for text that is not shown."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one style; the style is the name of a component class of `LinePane` without its prefix."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: no line breaks inside.

    `lead` stands before its first line and `hang` before the others (`lead` again where it is None). `anchor` is a
    name to scroll to; `item` the number of the thing it belongs to, in a pane where things can be chosen.
    """

    spans: tuple[Span, ...] = ()
    lead: tuple[Span, ...] = ()
    hang: tuple[Span, ...] | None = None
    anchor: str | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen."""

    spans: tuple[Span, ...]
    anchor: str | None = None
    item: int | None = None
    is_hit: bool = False


def text_blocks(text: str, style: str = "", lead: tuple[Span, ...] = ()) -> list[Block]:
    """Plain text as one block a line, made safe."""
    return [Block((Span(line, style),), lead) for line in safe(text).split("\n")]


def with_item(blocks: Iterable[Block], item: int) -> list[Block]:
    """The blocks as parts of thing number `item`."""
    return [replace(block, item=item) for block in blocks]


def indented(blocks: Iterable[Block], lead: tuple[Span, ...]) -> list[Block]:
    """The blocks with `lead` before every line."""
    return [
        replace(block, lead=lead + block.lead, hang=None if block.hang is None else lead + block.hang)
        for block in blocks
    ]


def cut(spans: Iterable[Span], most: int) -> tuple[Span, ...]:
    """The first `most` characters of the spans."""
    return tuple(_part(spans, 0, most))


def lay_out(blocks: Sequence[Block], width: int, needle: str = "") -> list[Line]:
    """The lines that blocks fill at `width` cells, with every `needle` marked, whatever its case."""
    return [line for block in blocks for line in _lines_of(block, max(width, 8), needle)]


def _lines_of(block: Block, width: int, needle: str) -> Iterator[Line]:
    text = "".join(span.text for span in block.spans)
    hang = block.lead if block.hang is None else block.hang
    inner = max(4, width - max(_cells(block.lead), _cells(hang)))
    hits = _hits(text, needle) if needle else []
    spans = _marked(block.spans, hits) if hits else block.spans
    for number, (start, end) in enumerate(wrap(text, inner)):
        lead = hang if number else block.lead
        is_hit = any(first < end and last > start for first, last in hits)
        yield Line((*lead, *_part(spans, start, end)), None if number else block.anchor, block.item, is_hit)


def _cells(spans: Iterable[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def _part(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """The spans of the characters from `start` to `end`."""
    position = 0
    for span in spans:
        after = position + len(span.text)
        if after > start and position < end:
            yield Span(span.text[max(0, start - position) : end - position], span.style)
        position = after


def _hits(text: str, needle: str) -> list[tuple[int, int]]:
    """Where `needle` stands. Characters whose lower case is longer would shift places: then only exact case counts."""
    lowered, wanted = text.lower(), needle.lower()
    if len(lowered) != len(text):
        lowered, wanted = text, needle
    found: list[tuple[int, int]] = []
    position = lowered.find(wanted)
    while position >= 0:
        found.append((position, position + len(wanted)))
        position = lowered.find(wanted, position + len(wanted))
    return found


def _marked(spans: tuple[Span, ...], hits: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """The spans with the hits in the style `hit`."""
    marked: list[Span] = []
    position = 0
    for start, end in hits:
        marked += _part(spans, position, start)
        marked += [Span(span.text, "hit") for span in _part(spans, start, end)]
        position = end
    marked += _part(spans, position, sum(len(span.text) for span in spans))
    return tuple(marked)
