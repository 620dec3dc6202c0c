"""The one screen: rows beside the conversation, tools, findings and raw JSON of the row under the cursor.

The widgets post messages and know nothing of each other; this module connects them.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Footer, Static
from textual.worker import get_current_worker

from .conversation_view import conversation_blocks
from .findings_view import explanation_blocks, findings_blocks
from .line_pane import LinePane
from .lines import Block
from .raw_view import raw_blocks
from .row_table import RowTable
from .search_bar import SearchBar
from .session import Session
from .tab_strip import TabStrip
from .text import one_line
from .text_screen import TextScreen, help_blocks
from .tools_view import tools_blocks
from .words import Words

TABS = ("conversation", "tools", "findings", "raw")
_POLL = 0.03
_SETTLE = 0.03
_TOLD_EVERY = 0.05


def _is_cancelled() -> bool:
    """Whether the worker that asks should stop."""
    return get_current_worker().is_cancelled


def _translate_keys(nodes: Iterable[DOMNode], words: Words) -> None:
    """Put the words of the language in place of their keys in every binding that the footer may show."""
    for node in nodes:
        keys = node._bindings.key_to_bindings
        for key, bindings in keys.items():
            keys[key] = [
                replace(binding, description=words(binding.description)) if "." in binding.description else binding
                for binding in bindings
            ]


class BrowseScreen(Screen[None]):
    """Rows and one of them in detail."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-tall")]
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "search", "keys.search", key_display="/"),
        Binding("n", "hit(1)", "keys.next_hit"),
        Binding("p,N", "hit(-1)", "keys.previous_hit", show=False),
        Binding("right_square_bracket,］,】", "finding(1)", "keys.next_finding", key_display="]"),
        Binding("left_square_bracket,［,【", "finding(-1)", "keys.previous_finding", show=False),
        Binding("f", "filter", "keys.filter"),
        Binding("R", "explain", "keys.explain"),
        Binding("J", "sample(1)", "keys.sample", show=False),
        Binding("K", "sample(-1)", show=False),
        Binding("z", "zoom", "keys.zoom", show=False),
        *(Binding(str(number), f"tab('{name}')", show=False) for number, name in enumerate(TABS, 1)),
        Binding("tab", "other_pane", "keys.panes", show=False, priority=True),
        Binding("shift+tab", "other_pane", show=False, priority=True),
        Binding("escape", "back", "keys.back", show=False),
        Binding("question_mark,？", "help", "keys.help", key_display="?"),
        Binding("q", "app.quit", "keys.quit"),
    ]

    @dataclass
    class Judged(Message):
        """Rows in view were judged."""

    @dataclass
    class Searched(Message):
        """A search went on: more hits, and whether it is done."""

        needle: str
        hits: Sequence[int]
        is_done: bool

    @dataclass
    class Hunted(Message):
        """The next row with findings was looked for; None where there is none."""

        row: int | None
        by: int

    @dataclass
    class Filtered(Message):
        """The filter went on: more rows with findings, the share of rows judged, and whether it is done."""

        rows: Sequence[int]
        share: float
        is_done: bool

    def __init__(self, session: Session, words: Words, *, first_row: int = 0) -> None:
        super().__init__()
        self._session, self._words = session, words
        self._wanted_row: int | None = first_row or None
        self._row: int | None = None
        self._tab = TABS[0]
        self._painted: dict[str, tuple[int, bool]] = {}
        self._opened_tools: set[int] = set()
        self._unfolded = False
        self._finding: int | None = None
        self._needle = ""
        self._hits = array("q")
        self._searching = False
        self._jump_to_hit = False
        self._filter: array[int] | None = None
        self._filter_share: float | None = None
        self._settle: Timer | None = None
        self._changed_at = 0.0
        _translate_keys([self], words)

    def compose(self) -> ComposeResult:
        words = self._words
        yield Static("", id="title", markup=False)
        with Horizontal(id="main"):
            yield RowTable(self._session, words)
            with Vertical(id="detail"):
                yield TabStrip({name: words(f"tab.{name}") for name in TABS})
                with ContentSwitcher(initial=TABS[0], id="panes"):
                    for name in TABS:
                        yield LinePane(name)
        yield Static(words("app.small"), id="small", markup=False)
        yield SearchBar(words)
        yield Static("", id="place", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        _translate_keys(self.query("RowTable, LinePane, SearchBar"), self._words)
        self.query_one(SearchBar).display = False
        self._poll_timer = self.set_interval(_POLL, self._poll)
        self._poll()
        self._show_row(self._rows.row)

    # Rows

    def _poll(self) -> None:
        """Take in the rows found since the last time."""
        store = self._session.store
        changed = store.advance()
        if changed and self._filter is None:
            self._rows.update()
        if self._wanted_row is not None and (len(store) > self._wanted_row or store.is_complete):
            row, self._wanted_row = self._wanted_row, None
            self._rows.go_to(row)
        if changed:
            self._show_title()
        if store.is_complete:
            self._poll_timer.stop()
            for failure in store.failures:
                self.notify(one_line(failure), severity="error", markup=False)

    def on_row_table_row_changed(self, message: RowTable.RowChanged) -> None:
        """Show the row at once; while a key repeats, only once it rests."""
        now, before = time.monotonic(), self._changed_at
        self._changed_at = now
        if self._settle is not None:
            self._settle.stop()
            self._settle = None
        if now - before > 2 * _SETTLE:
            self._show_row(message.row)
        else:
            row = message.row
            self._settle = self.set_timer(_SETTLE, lambda: self._show_row(row))

    def on_row_table_opened(self, message: RowTable.Opened) -> None:
        self._show_row(message.row)
        if not self.has_class("-wide"):
            self.add_class("-zoom-detail")
        self._pane.focus()

    def on_row_table_shows(self, message: RowTable.Shows) -> None:
        unknown = [row for row in message.rows if self._session.known_severity(row) is None]
        if unknown:
            self._judge(unknown)

    @work(thread=True, exclusive=True, group="judge")
    def _judge(self, rows: Sequence[int]) -> None:
        told = time.monotonic()
        for _ in self._session.with_findings(iter(rows)):
            if _is_cancelled():
                return
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                self.post_message(self.Judged())
        self.post_message(self.Judged())

    def on_browse_screen_judged(self) -> None:
        self._rows.repaint()

    # Detail

    def _show_row(self, row: int | None) -> None:
        if row is not None and row >= len(self._session.store):
            return
        if row != self._row:
            self._row, self._finding, self._unfolded = row, None, False
            self._opened_tools.clear()
            self._painted.clear()
        self._paint()
        self._show_title()
        self._show_count()

    def _paint(self, *, keep_place: bool = False) -> None:
        """Fill the pane of the open tab, where it does not show the row yet."""
        row = self._row
        if row is None:
            self._pane.show([])
            self.query_one("#place", Static).update(self._words("app.no_rows"))
            return
        findings = self._session.findings(row)
        note = f"{len(findings)}" if findings else ""
        self.query_one(TabStrip).note("findings", note)
        self._show_place(row)
        if self._painted.get(self._tab) == (row, self._unfolded) and not keep_place:
            return
        self._painted[self._tab] = (row, self._unfolded)
        pane = self._pane
        pane.mark(self._needle)
        pane.show(self._blocks(row), keep_place=keep_place)
        if self._needle and not keep_place:
            pane.go_to_hit()

    def _blocks(self, row: int) -> list[Block]:
        session, words = self._session, self._words
        if self._tab == "raw":
            return raw_blocks(session.store.raw(row), words, unfold=self._unfolded)
        if self._tab == "tools":
            return tools_blocks(session.conversation(row), self._opened_tools, words)
        if self._tab == "findings":
            return findings_blocks(session.findings(row), words)
        return conversation_blocks(session.conversation(row), session.findings(row), words, unfold=self._unfolded)

    def action_tab(self, name: str) -> None:
        had_focus = self._pane.has_focus
        self._tab = name
        self.query_one(ContentSwitcher).current = name
        self.query_one(TabStrip).activate(name)
        self._paint()
        if had_focus:
            self._pane.focus()

    def on_tab_strip_clicked(self, message: TabStrip.Clicked) -> None:
        self.action_tab(message.name)

    def on_line_pane_unfold(self) -> None:
        self._unfolded = True
        self._paint(keep_place=True)

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        """Enter on a tool opens its schema, on a finding shows its place."""
        if message.pane.id == "tools":
            self._opened_tools ^= {message.item}
            self._paint(keep_place=True)
        elif message.pane.id == "findings":
            self._show_finding(message.item)

    def _show_finding(self, number: int) -> None:
        self._finding = number
        self.action_tab("conversation")
        self._pane.go_to(f"finding:{number}")

    # Search

    def action_search(self) -> None:
        self.query_one(SearchBar).open()

    def on_search_bar_changed(self, message: SearchBar.Changed) -> None:
        self._needle, self._jump_to_hit = message.text, True
        self._hits, self._searching = array("q"), bool(message.text)
        self._remark()
        if message.text:
            self._search(message.text)
        else:
            self.workers.cancel_group(self, "search")

    def on_search_bar_left(self) -> None:
        self._rows.focus()

    def on_search_bar_cleared(self) -> None:
        self._end_search()

    @work(thread=True, exclusive=True, group="search")
    def _search(self, needle: str) -> None:
        store = self._session.store
        time.sleep(_TOLD_EVERY)
        done, found, told = 0, array("q"), time.monotonic()
        while not _is_cancelled():
            was_complete = store.is_complete
            for step in store.search(needle, done):
                if _is_cancelled():
                    return
                done = step.upto
                found.extend(step.hits)
                if found and time.monotonic() - told > _TOLD_EVERY:
                    self.post_message(self.Searched(needle, found, is_done=False))
                    found, told = array("q"), time.monotonic()
            if was_complete and done >= len(store):
                self.post_message(self.Searched(needle, found, is_done=True))
                return
            time.sleep(_POLL)

    def on_browse_screen_searched(self, message: Searched) -> None:
        if message.needle != self._needle:
            return
        self._hits.extend(message.hits)
        self._searching = not message.is_done
        if self._hits and self._jump_to_hit:
            self._jump_to_hit = False
            self._go_to_hit(0)
        self._rows.mark(self._hits)
        self._show_count()

    def action_hit(self, by: int) -> None:
        if self._hits:
            self._go_to_hit(by)
            self._show_count()

    def _go_to_hit(self, by: int) -> None:
        """Go to the hit before (-1) or after (1) the cursor, or to the first from the cursor on (0); round the ends."""
        hits, row = self._listed_hits(), self._rows.row
        if not hits:
            return
        here = 0 if row is None else row
        place = bisect_right(hits, here) if by > 0 else bisect_left(hits, here) + by
        self._rows.go_to(hits[place % len(hits)])
        self._pane.go_to_hit()

    def _listed_hits(self) -> Sequence[int]:
        if self._filter is None:
            return self._hits
        listed = set(self._filter)
        return [hit for hit in self._hits if hit in listed]

    def _end_search(self) -> None:
        self.workers.cancel_group(self, "search")
        self.query_one(SearchBar).clear()
        self._needle, self._hits, self._searching = "", array("q"), False
        self._remark()
        self._rows.focus()

    def _remark(self) -> None:
        self._pane.mark(self._needle)
        self._painted = {self._tab: self._painted[self._tab]} if self._tab in self._painted else {}
        self._rows.mark(self._hits)
        self._show_count()

    def _show_count(self) -> None:
        words = self._words
        if not self._needle:
            text = ""
        elif not self._hits:
            text = "…" if self._searching else words("search.none")
        else:
            at = bisect_right(self._hits, -1 if self._rows.row is None else self._rows.row)
            text = words("search.more" if self._searching else "search.count", at=at, count=len(self._hits))
        self.query_one(SearchBar).count(text)
        self.refresh_bindings()

    # Findings

    def action_finding(self, by: int) -> None:
        """Go to the next finding of the row, else to the nearest row that has any."""
        if self._row is None:
            return
        count = len(self._session.findings(self._row))
        following = (0 if by > 0 else count - 1) if self._finding is None else self._finding + by
        is_fresh = self._finding is None and by < 0
        if 0 <= following < count and not is_fresh:
            self._show_finding(following)
        else:
            self._hunt(self._row, by)

    @work(thread=True, exclusive=True, group="hunt")
    def _hunt(self, row: int, by: int) -> None:
        count = len(self._session.store)
        following = iter(range(row + 1, count) if by > 0 else range(row - 1, -1, -1))
        for found, has_findings in self._session.with_findings(following):
            if _is_cancelled():
                return
            if has_findings:
                self.post_message(self.Hunted(found, by))
                return
        self.post_message(self.Hunted(None, by))

    def on_browse_screen_hunted(self, message: Hunted) -> None:
        if message.row is None:
            self.notify(self._words("app.no_more_findings"), markup=False)
            return
        self._rows.go_to(message.row)
        self._show_row(message.row)
        self._show_finding(0 if message.by > 0 else len(self._session.findings(message.row)) - 1)

    def action_explain(self) -> None:
        """Say what the rule of the chosen finding says: the one under the cursor, or the one shown last."""
        findings = [] if self._row is None else self._session.findings(self._row)
        number = self.query_one("#findings", LinePane).item if self._tab == "findings" else self._finding or 0
        if number < len(findings):
            finding = findings[number]
            self.app.push_screen(TextScreen(f" {finding.code} ", explanation_blocks(finding), self._words))

    # Filter

    def action_filter(self) -> None:
        if self._filter is not None:
            self._end_filter()
            return
        self._filter, self._filter_share = array("q"), 0.0
        self._collect()
        self._show_title()

    @work(thread=True, exclusive=True, group="filter")
    def _collect(self) -> None:
        store = self._session.store
        done, found, told = 0, array("q"), time.monotonic()
        while not _is_cancelled():
            was_complete = store.is_complete
            for row, has_findings in self._session.with_findings(iter(range(done, len(store)))):
                if _is_cancelled():
                    return
                done = row + 1
                if has_findings:
                    found.append(row)
                if time.monotonic() - told > _TOLD_EVERY:
                    share = done / max(1, len(store)) * store.progress
                    self.post_message(self.Filtered(found, share, is_done=False))
                    found, told = array("q"), time.monotonic()
            if was_complete and done >= len(store):
                self.post_message(self.Filtered(found, 1.0, is_done=True))
                return
            time.sleep(_POLL)

    def on_browse_screen_filtered(self, message: Filtered) -> None:
        if self._filter is None:
            return
        self._filter.extend(message.rows)
        self._filter_share = None if message.is_done else message.share
        if message.is_done and not self._filter:
            self.notify(self._words("app.no_findings"), markup=False)
            self._end_filter()
            return
        if message.rows or message.is_done:
            self._rows.update(self._filter)
        self._show_title()

    def _end_filter(self) -> None:
        self.workers.cancel_group(self, "filter")
        self._filter = self._filter_share = None
        self._rows.update()
        self._show_title()

    # Movement between the halves

    def action_sample(self, by: int) -> None:
        self._rows.action_move(by)

    def action_other_pane(self) -> None:
        """Give the keys to the other half; with one half on the whole screen, show the other one."""
        to_detail = not self._pane.has_focus
        if self.has_class("-zoom-detail") or self.has_class("-zoom-rows"):
            self._zoom("-zoom-detail" if to_detail else "-zoom-rows")
        (self._pane if to_detail else self._rows).focus()

    def action_zoom(self) -> None:
        wanted = "-zoom-detail" if self._pane.has_focus else "-zoom-rows"
        self._zoom(None if self.has_class(wanted) else wanted)

    def action_back(self) -> None:
        """One step back: the zoom, the pane, the search, the filter."""
        if self.has_class("-zoom-detail") or self.has_class("-zoom-rows"):
            self._zoom(None)
            self._rows.focus()
        elif self._pane.has_focus:
            self._rows.focus()
        elif self._needle:
            self._end_search()
        elif self._filter is not None:
            self._end_filter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that have nothing to work on."""
        if action == "hit":
            return bool(self._needle)
        if action == "explain":
            return self._row is not None and bool(self._session.findings(self._row))
        return True

    def action_help(self) -> None:
        self.app.push_screen(TextScreen(f" {self._words('help.title')} ", help_blocks(self._words), self._words))

    def _zoom(self, wanted: str | None) -> None:
        for name in ("-zoom-detail", "-zoom-rows"):
            self.set_class(name == wanted, name)

    # Words

    def _show_title(self) -> None:
        store, words = self._session.store, self._words
        first, *others = [PurePath(path).name or path for path in store.paths]
        name = f"{first} +{len(others)}" if others else first
        parts = [
            f"tcdata  {one_line(name)}",
            words("app.one_row") if len(store) == 1 else words("app.rows", count=len(store)),
        ]
        if not store.is_complete:
            parts.append(words("app.indexing", percent=int(100 * store.progress)))
        if self._filter is not None:
            parts.append(words("app.filtered", count=len(self._filter)))
        if self._filter_share is not None:
            parts.append(words("app.judging", percent=int(100 * self._filter_share)))
        self.query_one("#title", Static).update(" · ".join(parts))

    def _show_place(self, row: int) -> None:
        place = self._session.store.place(row)
        key = "app.row" if place.line is None else "app.row_line"
        text = self._words(key, row=place.row, line=place.line, path=one_line(place.path))
        self.query_one("#place", Static).update(text)
        self.refresh_bindings()

    @property
    def _rows(self) -> RowTable:
        return self.query_one(RowTable)

    @property
    def _pane(self) -> LinePane:
        return self.query_one(f"#{self._tab}", LinePane)
