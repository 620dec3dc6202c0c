"""A pane of wrapped lines: it scrolls, it may have things to choose from, and it knows nothing of what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .lines import FOLDED, Block, Line, lay_out

_STYLES = (
    "user assistant system call result malformed thinking dim name key string number word punct mark title hit "
    "error warning info error-head warning-head info-head error-mark warning-mark info-mark dim-head "
    "user-head assistant-head system-head call-head result-head malformed-head here"
)


class LinePane(ScrollView, can_focus=True):
    """Blocks, wrapped at its width. With things to choose from (`Block.item`) the arrows move over these."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in _STYLES.split()}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "keys.move", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "page(1)", show=False),
        Binding("pageup,b,ctrl+b", "page(-1)", show=False),
        Binding("ctrl+d", "page(0.5)", show=False),
        Binding("ctrl+u", "page(-0.5)", show=False),
        Binding("home,g", "ends(-1)", show=False),
        Binding("end,G", "ends(1)", show=False),
        Binding("enter", "choose", "keys.open", show=False),
        Binding("plus,＋", "unfold", "keys.unfold", key_display="+"),
    ]

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a thing, or it was clicked."""

        pane: LinePane
        item: int

    @dataclass
    class Unfold(Message):
        """All of a long text is wanted."""

        pane: LinePane

    def __init__(self, pane_id: str) -> None:
        super().__init__(id=pane_id)
        self.item = 0
        """The number of the thing the cursor is on, where there are things to choose from."""
        self._blocks: Sequence[Block] = ()
        self._lines: list[Line] = []
        self._items: list[int] = []
        self._width = 0
        self._needle = ""
        self._here: str | None = None
        self._styles: dict[str, Style] = {}

    def show(self, blocks: Iterable[Block], *, keep_place: bool = False) -> None:
        """Show other blocks, from their start, or with `keep_place` from where the pane stands."""
        self._blocks = list(blocks)
        self._here = None
        if not keep_place:
            self.item = 0
        self._lay_out()
        if not keep_place:
            self._go(0)

    def mark(self, needle: str) -> None:
        """Mark every `needle`, whatever its case; an empty one marks nothing."""
        if needle != self._needle:
            self._needle = needle
            self._lay_out()

    def go_to(self, anchor: str) -> bool:
        """Scroll to the line with this anchor and make it stand out; False where there is none."""
        for number, line in enumerate(self._lines):
            if line.anchor == anchor:
                self._here = anchor
                self._go(number - max(0, self._height() // 3))
                self.refresh()
                return True
        return False

    def go_to_hit(self) -> bool:
        """Scroll to the first marked text; False where nothing is marked."""
        for number, line in enumerate(self._lines):
            if line.is_hit:
                self._go(number - max(0, self._height() // 3))
                return True
        return False

    def action_move(self, by: int) -> None:
        if not self._items:
            self._go(self.scroll_offset.y + by)
            return
        place = self._items.index(self.item) if self.item in self._items else 0
        self._select(self._items[min(max(place + by, 0), len(self._items) - 1)])

    def action_page(self, pages: float) -> None:
        self._go(self.scroll_offset.y + int(pages * max(1, self._height() - 1)))

    def action_ends(self, end: int) -> None:
        if self._items:
            self._select(self._items[-1 if end > 0 else 0])
        self._go(len(self._lines) if end > 0 else 0)

    def action_choose(self) -> None:
        if self.item in self._items:
            self.post_message(self.Chosen(self, self.item))

    def action_unfold(self) -> None:
        self.post_message(self.Unfold(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "unfold" or any(block.anchor == FOLDED for block in self._blocks)

    def on_click(self, event: events.Click) -> None:
        number = event.y + self.scroll_offset.y
        item = self._lines[number].item if number < len(self._lines) else None
        if item is not None:
            self._select(item)
            self.post_message(self.Chosen(self, item))

    def on_resize(self) -> None:
        if self._inner_width() != self._width:
            self._lay_out()

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        width, base = self.scrollable_content_region.width, self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[number]
        is_here = (line.anchor is not None and line.anchor == self._here) or (
            line.item is not None and line.item == self.item and self.has_focus
        )
        if is_here:
            base += self._style("here")
        segments = [Segment(span.text, base + self._style(span.style)) for span in line.spans if span.text]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            is_known = f"line--{name}" in self.COMPONENT_CLASSES
            self._styles[name] = self.get_component_rich_style(f"line--{name}", partial=True) if is_known else Style()
        return self._styles[name]

    def _select(self, item: int) -> None:
        self.item = item
        lines = [number for number, line in enumerate(self._lines) if line.item == item]
        if lines and lines[0] < self.scroll_offset.y:
            self._go(lines[0])
        elif lines and lines[-1] >= self.scroll_offset.y + self._height():
            self._go(min(lines[0], lines[-1] - self._height() + 1))
        self.refresh()

    def _go(self, line: int) -> None:
        # Forced: a pane that was just filled has no scrollbar yet, and Textual would ignore the call.
        self.scroll_to(y=max(0, line), animate=False, force=True)

    def _height(self) -> int:
        return self.scrollable_content_region.height

    def _inner_width(self) -> int:
        return self.scrollable_content_region.width

    def _lay_out(self) -> None:
        self._width = self._inner_width()
        if self._width <= 0:
            return
        self._lines = lay_out(self._blocks, self._width, self._needle)
        self._items = sorted({line.item for line in self._lines if line.item is not None})
        self.virtual_size = Size(self._width, len(self._lines))
        self.refresh()
