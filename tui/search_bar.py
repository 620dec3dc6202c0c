"""The line for the search text, with the count of hits beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from .words import Words


class SearchBar(Horizontal):
    """A one-line input; hidden while there is no search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "keys.clear"),
        Binding("down", "leave", "keys.keep", key_display="⏎"),
    ]

    @dataclass
    class Changed(Message):
        """The text is another one; an empty text means no search."""

        text: str

    @dataclass
    class Left(Message):
        """The input was left; the search stays."""

    @dataclass
    class Cleared(Message):
        """The search was given up."""

    def __init__(self, words: Words) -> None:
        super().__init__(id="search")
        self._words = words

    def compose(self) -> ComposeResult:
        yield Static("/ ", id="search-mark", markup=False)
        yield Input(placeholder=self._words("search.prompt"), compact=True, id="search-text")
        yield Static("", id="search-count", markup=False)

    @property
    def text(self) -> str:
        return self.query_one(Input).value

    def open(self) -> None:
        """Show the line and take the keys."""
        self.display = True
        self.query_one(Input).focus()

    def clear(self) -> None:
        """Empty and hide the line."""
        with self.prevent(Input.Changed):
            self.query_one(Input).value = ""
        self.count("")
        self.display = False

    def count(self, text: str) -> None:
        """Show how many hits there are."""
        self.query_one("#search-count", Static).update(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        if not self.text:
            self.action_clear()
        else:
            self.post_message(self.Left())

    def action_clear(self) -> None:
        self.post_message(self.Cleared())
