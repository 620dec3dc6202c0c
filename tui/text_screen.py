"""A page of text over the browser: the help, or what a rule says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from .line_pane import LinePane
from .lines import Block, Span
from .text import clip
from .words import Words

_KEYS = 26
_TOLD = (
    *("move", "page", "ends", "sample", "open", "panes", "tab", "zoom"),
    *("search", "hits", "findings", "filter", "explain", "unfold", "back", "quit"),
)


class TextScreen(ModalScreen[None]):
    """Blocks in a frame; Esc, q or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,？,R", "close", "keys.back", show=False),
    ]

    def __init__(self, title: str, blocks: Sequence[Block], words: Words) -> None:
        super().__init__()
        self._title, self._blocks, self._words = title, blocks, words

    def compose(self) -> ComposeResult:
        with Vertical(id="page") as page:
            page.border_title = self._title
            page.border_subtitle = self._words("help.close")
            yield LinePane("page-text")

    def on_mount(self) -> None:
        pane = self.query_one(LinePane)
        pane.show(self._blocks)
        pane.focus()

    def action_close(self) -> None:
        self.dismiss()


def help_blocks(words: Words) -> list[Block]:
    """The keys and what they do, from the catalogue."""
    blocks: list[Block] = []
    for name in _TOLD:
        keys, _, meaning = words(f"help.{name}").partition("|")
        blocks.append(Block((Span(meaning),), (Span(clip(keys, _KEYS), "name"),), (Span(" " * _KEYS),)))
    return [*blocks, Block(), Block((Span(words("help.letters"), "dim"),))]
