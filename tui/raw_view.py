"""A row as JSON: pretty, the JSON inside its strings shown as JSON; a row that is no JSON as its text."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from .conversation_view import FOLDED_AT
from .json_lines import json_lines, painted
from .lines import FOLDED, Block, Span, cut
from .words import Words


def raw_blocks(text: str, words: Words, *, unfold: bool = False) -> list[Block]:
    """The blocks of the raw pane."""
    limit = len(text) if unfold else 4 * FOLDED_AT
    try:
        value = orjson.loads(text)
        return list(_pretty(value, limit, len(text), words))
    except (ValueError, RecursionError):
        lines = text[:limit].split("\n")
        return [*(Block(painted(line)) for line in lines), *_more(len(text) - limit, words)]


def _pretty(value: object, limit: int, total: int, words: Words) -> Iterator[Block]:
    shown = 0
    for line in json_lines(value, expand=True):
        indent = len(line.spans[0].text)
        size = sum(len(span.text) for span in line.spans)
        yield Block(cut(line.spans[1:], limit - shown), (Span(" " * indent),), (Span(" " * (indent + 2)),))
        shown += size
        if shown > limit:
            yield from _more(max(1, total - limit), words)
            return


def _more(count: int, words: Words) -> Iterator[Block]:
    if count > 0:
        yield Block((Span(words("chat.more", count=count), "dim"),), anchor=FOLDED)
