"""Text made fit for a terminal: nothing that moves the cursor, measured in cells, broken where Chinese may break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

from toolcall_data.safe_text import safe

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_PIECE = re.compile(rf"(?P<space>[ \u00a0]+)|[{_WIDE}]|[^ \u00a0{_WIDE}]+")
_NOT_AT_START = frozenset("，。、；：？！）》〉」』】〕〗｝］”’…—～·‰％,.;:?!)]}%\"'")
_NOT_AT_END = frozenset("（《〈「『【〔〖｛［“‘([{")


def one_line(text: str) -> str:
    """`text` made safe, on one line, each run of white space as one space."""
    return safe(" ".join(text.split()))


def clip(text: str, width: int) -> str:
    """`text` cut to `width` cells, with `…` as the last of them where something was cut; filled up with spaces."""
    if width <= 0:
        return ""
    text = text[: 4 * width]
    used = cell_len(text)
    if used > width:
        text = _fitting(text, width - 1) + "…"
        used = cell_len(text)
    return text + " " * (width - used)


def right(text: str, width: int) -> str:
    """`text` at the right of `width` cells."""
    return " " * max(0, width - cell_len(text)) + text


def _fitting(text: str, width: int) -> str:
    """The longest start of `text` that fits into `width` cells."""
    used = end = 0
    for _, stop, cells in split_graphemes(text)[0]:
        if used + cells > width:
            break
        used, end = used + cells, stop
    return text[:end]


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Where to break one paragraph: the (start, end) of each line of at most `width` cells.

    A line may end between any two Chinese characters; it never starts with a closing punctuation mark or ends with an
    opening one, and Latin words stay whole where they fit.
    """
    if len(text) <= width and text.isascii():
        return [(0, len(text))]
    lines: list[tuple[int, int]] = []
    start = stop = used = 0
    for begin, end, cells, is_space in _chunks(text):
        if is_space:
            used += cells
            continue
        if used + cells > width and stop > start:
            lines.append((start, stop))
            start, used = begin, 0
        if used + cells > width:
            *full, (start, used) = _cut(text, begin, end, width)
            lines += [(first, last) for first, last in full]
        else:
            used += cells
        stop = end
    lines.append((start, max(start, stop)))
    return lines


def _chunks(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """Start, end, cells and whether it is white space, of the parts of `text` that are kept together."""
    start = end = cells = 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        measure = len(piece) if piece.isascii() else cell_len(piece)
        is_space = match["space"] is not None
        is_glued = end > start and not is_space and (piece[0] in _NOT_AT_START or text[end - 1] in _NOT_AT_END)
        if is_glued:
            end, cells = match.end(), cells + measure
            continue
        if end > start:
            yield start, end, cells, False
        start, end, cells = match.start(), match.end(), measure
        if is_space:
            yield start, end, cells, True
            start = end
    if end > start:
        yield start, end, cells, False


def _cut(text: str, begin: int, end: int, width: int) -> list[tuple[int, int]]:
    """Lines of a chunk that fits on none: (start, end) of each full line, then start and *cells* of what is left."""
    found: list[tuple[int, int]] = []
    start, used = begin, 0
    for first, _, cells in split_graphemes(text[begin:end])[0]:
        if used + cells > width and used:
            found.append((start, begin + first))
            start, used = begin + first, 0
        used += cells
    return [*found, (start, used)]
