"""The app: a session on one screen, in the language and the theme of the user."""

from __future__ import annotations

from textual.app import App

from .browse_screen import BrowseScreen
from .session import Session
from .words import Words, language


class BrowserApp(App[None]):
    """`tcdata browse`."""

    CSS_PATH = "browser.tcss"
    TITLE = "tcdata"

    def __init__(self, session: Session, *, first_row: int = 0, lang: str | None = None) -> None:
        super().__init__()
        self._session, self._first_row = session, first_row
        self._words = Words(lang or language())

    def get_default_screen(self) -> BrowseScreen:
        return BrowseScreen(self._session, self._words, first_row=self._first_row)
