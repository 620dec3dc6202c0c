"""The app: a session on one screen, in the language and the theme of the user."""

from __future__ import annotations

import os

from textual.app import App
from textual.theme import Theme

from .browse_screen import BrowseScreen
from .session import Session
from .words import Words, language

DARK = Theme(
    name="tcdata-dark",
    primary="#5aa2f7",
    secondary="#c49bf2",
    accent="#4fc3c9",
    warning="#f0b252",
    error="#f2707f",
    success="#7bc77e",
    background="#14161a",
    surface="#1c1f24",
    panel="#262b33",
    foreground="#dfe3ea",
)
LIGHT = Theme(
    name="tcdata-light",
    primary="#1f63c6",
    secondary="#7b3fb8",
    accent="#0b7a80",
    warning="#9a5b00",
    error="#b3263a",
    success="#26732b",
    background="#fbfbf9",
    surface="#f0f0ec",
    panel="#e2e3de",
    foreground="#22252a",
    dark=False,
)


class BrowserApp(App[None]):
    """`tcdata browse`."""

    CSS_PATH = "browser.tcss"
    TITLE = "tcdata"

    def __init__(self, session: Session, *, first_row: int = 0, lang: str | None = None) -> None:
        super().__init__()
        self._session, self._first_row = session, first_row
        self._words = Words(lang or language())
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        if "TEXTUAL_THEME" not in os.environ:
            self.theme = DARK.name

    def get_default_screen(self) -> BrowseScreen:
        return BrowseScreen(self._session, self._words, first_row=self._first_row)
