"""The list of rows: one line a row, painted from the rows in view alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .conversation_view import LETTERS, STYLES
from .session import Session
from .text import clip, right
from .words import Words

_HEAD = 1
_NARROWEST = 4


class RowTable(ScrollView, can_focus=True):
    """Rows of a session: all of them, or those of a filter. Posts where its cursor is and what it shows."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"row--{name}" for name in ("head", "number", "error", "warning", "info", "dim", "cursor", "focused", "hit")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "keys.move", key_display="j k"),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "page(1)", show=False),
        Binding("pageup,b,ctrl+b", "page(-1)", show=False),
        Binding("ctrl+d", "page(0.5)", show=False),
        Binding("ctrl+u", "page(-0.5)", show=False),
        Binding("home,g", "ends(-1)", show=False),
        Binding("end,G", "ends(1)", show=False),
        Binding("enter", "open", "keys.open", key_display="⏎"),
    ]

    @dataclass
    class RowChanged(Message):
        """The cursor is on another row; None where there is none."""

        row: int | None

    @dataclass
    class Opened(Message):
        """Enter was pressed, or the row under the cursor was clicked."""

        row: int

    @dataclass
    class Shows(Message):
        """Rows that came into view."""

        rows: Sequence[int]

    def __init__(self, session: Session, words: Words) -> None:
        super().__init__(id="rows")
        self._session, self._words = session, words
        self._only: Sequence[int] | None = None
        self._count = len(session.store)
        self._position = 0
        self._hits: Sequence[int] = ()
        self._shown: tuple[int, int] = (-1, -1)
        self._styles: dict[str, Style] = {}

    @property
    def row(self) -> int | None:
        """The row under the cursor."""
        return self._row_at(self._position) if self._position < self._count else None

    @property
    def count(self) -> int:
        """How many rows are listed."""
        return self._count

    def update(self, only: Sequence[int] | None = None) -> None:
        """List the rows `only`, None meaning all that are known; the cursor stays on its row where it is listed."""
        row, had_any = self.row, self._count > 0
        self._only = only
        self._count = len(self._session.store) if only is None else len(only)
        self._resize()
        if row is not None:
            self._position = self._position_of(row)
        if self.row != row or not had_any:
            self.post_message(self.RowChanged(self.row))
        self._tell_shown(force=True)
        self.refresh()

    def mark(self, hits: Sequence[int]) -> None:
        """Mark the numbers of these rows, in ascending order, as hits of a search; they may grow afterwards."""
        self._hits = hits
        self.refresh()

    def repaint(self) -> None:
        """Paint again: more is known of the rows in view."""
        self.refresh()

    def go_to(self, row: int) -> None:
        """Put the cursor on a row, or on the listed row nearest to it."""
        self._move_to(self._position_of(row))

    def action_move(self, by: int) -> None:
        self._move_to(self._position + by)

    def action_page(self, pages: float) -> None:
        self._move_to(self._position + int(pages * max(1, self._height() - 1)))

    def action_ends(self, end: int) -> None:
        self._move_to(self._count if end > 0 else 0)

    def action_open(self) -> None:
        if self.row is not None:
            self.post_message(self.Opened(self.row))

    def on_click(self, event: events.Click) -> None:
        position = event.y - _HEAD + self.scroll_offset.y
        if event.y >= _HEAD and position < self._count:
            if position == self._position and event.chain > 1:
                self.action_open()
            self._move_to(position)

    def on_resize(self) -> None:
        self._resize()
        self._show_cursor()
        self._tell_shown(force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._tell_shown()

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.rich_style
        if y < _HEAD:
            return self._head(width, base)
        position = y - _HEAD + self.scroll_offset.y
        if position >= self._count:
            return Strip.blank(width, base)
        if position == self._position:
            base += self._style("focused" if self.has_focus else "cursor")
        return self._line(self._row_at(position), width, base)

    def _head(self, width: int, base: Style) -> Strip:
        words, style = self._words, base + self._style("head")
        number = right(words("table.row"), self._widths()[0])
        titles = f"{number}   {words('table.turns')} {words('table.calls')} {words('table.text')}"
        return Strip([Segment(clip(titles, width), style)]).adjust_cell_length(width, style)

    def _line(self, row: int, width: int, base: Style) -> Strip:
        number, turns, calls = self._widths()
        summary = self._session.summary(row)
        severity = self._session.known_severity(row)
        letter = " " if severity is None else LETTERS[severity]
        counts = f" {_number(summary.turns, turns)} {_number(summary.calls, calls)} "
        rest = max(0, width - number - turns - calls - 5)
        segments = [
            Segment(right(str(row), number), base + self._style("hit" if self._is_hit(row) else "number")),
            Segment(f" {letter}", base + self._style(STYLES[-1 if severity is None else severity])),
            Segment(counts, base + self._style("dim")),
            Segment(clip(summary.preview, rest), base),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _is_hit(self, row: int) -> bool:
        place = bisect_left(self._hits, row)
        return place < len(self._hits) and self._hits[place] == row

    def _widths(self) -> tuple[int, int, int]:
        """The cells of the columns with the number, the turns and the calls of a row."""
        words = self._words
        number = max(_NARROWEST, len(str(max(0, len(self._session.store) - 1))), cell_len(words("table.row")))
        return number, cell_len(words("table.turns")), cell_len(words("table.calls"))

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"row--{name}", partial=True)
        return self._styles[name]

    def _row_at(self, position: int) -> int:
        return position if self._only is None else self._only[position]

    def _position_of(self, row: int) -> int:
        if self._only is None:
            return max(0, min(row, self._count - 1))
        return max(0, min(bisect_left(self._only, row), self._count - 1))

    def _move_to(self, position: int) -> None:
        position = max(0, min(position, self._count - 1))
        if position == self._position or not self._count:
            return
        self._position = position
        self._show_cursor()
        self.refresh()
        self.post_message(self.RowChanged(self.row))

    def _show_cursor(self) -> None:
        top, height = self.scroll_offset.y, self._height()
        if self._position < top:
            self.scroll_to(y=self._position, animate=False)
        elif height > 0 and self._position >= top + height:
            self.scroll_to(y=self._position - height + 1, animate=False)

    def _height(self) -> int:
        return self.scrollable_content_region.height - _HEAD

    def _resize(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._count + _HEAD)

    def _tell_shown(self, *, force: bool = False) -> None:
        top = self.scroll_offset.y
        shown = (top, min(self._count, top + max(1, self._height())))
        if force or shown != self._shown:
            self._shown = shown
            self.post_message(self.Shows([self._row_at(position) for position in range(*shown)]))


def _number(count: int | None, width: int) -> str:
    return ("…" if count is None else str(count)).rjust(width)
