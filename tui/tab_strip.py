"""The names of the tabs on one line; a click chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class TabStrip(Widget):
    """Tabs by name, each shown with its number, its title and a note (a count)."""

    @dataclass
    class Clicked(Message):
        """A tab was clicked."""

        name: str

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__(id="tabs")
        self._titles = titles
        self._notes: dict[str, str] = {}
        self._active = next(iter(titles))

    def activate(self, name: str) -> None:
        self._active = name
        self.refresh()

    def note(self, name: str, text: str) -> None:
        """Show `text` beside a tab's title."""
        if self._notes.get(name, "") != text:
            self._notes[name] = text
            self.refresh()

    def render(self) -> Content:
        shown = Content()
        for name, label in self._labels():
            shown = shown + Content.styled(label, "reverse bold" if name == self._active else "dim")
        return shown

    def on_click(self, event: events.Click) -> None:
        end = 0
        for name, label in self._labels():
            end += cell_len(label)
            if event.x < end:
                self.post_message(self.Clicked(name))
                return

    def _labels(self) -> list[tuple[str, str]]:
        return [
            (name, f" {number} {title}{self._note_of(name)} ")
            for number, (name, title) in enumerate(self._titles.items(), 1)
        ]

    def _note_of(self, name: str) -> str:
        note = self._notes.get(name, "")
        return f" {note}" if note else ""
