"""The running app, driven by keys, and what stands on its screen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from toolcall_data.conversation.build import call, call_text, gpt, human, observation, row
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import chosen
from toolcall_data.sources.row_store import RowStore, open_rows
from toolcall_data.tui.app import BrowserApp
from toolcall_data.tui.row_table import RowTable
from toolcall_data.tui.session import Session

PATIENCE = 60.0
"""Seconds; a busy machine is no failure."""


@dataclass
class Running:
    """An app on a screen of a fixed size."""

    pilot: Pilot[None]
    store: RowStore

    @property
    def lines(self) -> list[str]:
        """The lines of the screen, every cell of them."""
        screen = self.pilot.app.screen
        return [strip.text for strip in screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def row(self) -> int | None:
        row: int | None = self.pilot.app.screen_stack[0].query_one(RowTable).row
        return row

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; fails with the screen after a while."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"waited in vain; on the screen:\n{self.text}"
            await asyncio.sleep(0.02)

    async def until_shown(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def until_gone(self, text: str) -> None:
        await self.until(lambda: text not in self.text)


Browse = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def browse() -> Browse:
    """`async with browse(path, size=(120, 40)) as running`: the app over a file, with its first screen painted."""

    @asynccontextmanager
    async def start(
        *paths: Path, size: tuple[int, int] = (120, 40), lang: str = "en", row: int = 0
    ) -> AsyncIterator[Running]:
        with open_rows(paths) as store:
            app = BrowserApp(Session(store, Checker(chosen())), first_row=row, lang=lang)
            async with app.run_test(size=size, notifications=True) as pilot:
                running = Running(pilot, store)
                await running.until(lambda: store.is_complete and "tcdata" in running.text)
                yield running

    return start


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows (objects, or lines as they are) as JSON Lines and gives the path."""

    def write_rows(rows: Iterable[Any], name: str = "rows.jsonl", *, escape: bool = False) -> Path:
        path = tmp_path / name
        lines = (item if isinstance(item, str) else json.dumps(item, ensure_ascii=escape) for item in rows)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write_rows


@pytest.fixture
def some_rows() -> list[dict[str, Any]]:
    """Five rows: a call, plain talk, a broken call, an unknown tool, a long talk."""
    return [
        row(
            human("北京今天天气怎么样？"),
            call("get_weather", city="北京"),
            observation({"text": "晴", "celsius": 21}),
            gpt("晴，21 度。"),
        ),
        row(human("你好"), gpt("你好，有什么可以帮你？")),
        row(human("退款到账了吗"), call_text("{'name': 'get_weather'}"), observation({"ok": True}), gpt("已到账。")),
        row(
            human("订一间房"), call("book_hotel", city="上海", nights=2), observation({"ok": False}), gpt("没有订到。")
        ),
        row(*(turn for number in range(20) for turn in (human(f"第 {number} 问"), gpt(f"第 {number} 答")))),
    ]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TCDATA_LANG", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
