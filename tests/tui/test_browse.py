"""Keys pressed on the running browser, and what the screen then shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from toolcall_data import bundled
from toolcall_data.conversation.build import call_text, chat, gpt, human, observation, row
from toolcall_data.tui.row_table import RowTable
from toolcall_data.tui.text_screen import TextScreen

SIZES = [(80, 24), (120, 40)]
both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
Browse = Callable[..., Any]
Write = Callable[..., Path]
Rows = list[dict[str, Any]]


@both_sizes
async def test_rows_and_the_first_conversation_are_on_the_first_screen(
    browse: Browse, write: Write, some_rows: Rows, size: tuple[int, int]
) -> None:
    async with browse(write(some_rows), size=size) as app:
        await app.until_shown("5 rows", "北京今天天气怎么样？", "退款到账了吗", "get_weather(", '"北京"')
        assert re.search(r"0 \S\s+4\s+1 北京今天天气怎么样？", app.text)
        assert "user" in app.text


@both_sizes
async def test_arrows_and_letters_move_and_the_detail_follows(
    browse: Browse, write: Write, some_rows: Rows, size: tuple[int, int]
) -> None:
    async with browse(write(some_rows), size=size) as app:
        await app.press("down")
        await app.until_shown("你好，有什么可以帮你？")
        await app.press("k")
        await app.until_gone("你好，有什么可以帮你？")
        await app.press("G")
        await app.until_shown("第 0 答")
        assert app.row == 4
        await app.press("home")
        await app.until(lambda: app.row == 0)
        await app.press("J")
        assert app.row == 1


@both_sizes
async def test_digits_open_the_tabs(browse: Browse, write: Write, some_rows: Rows, size: tuple[int, int]) -> None:
    async with browse(write(some_rows), size=size) as app:
        await app.press("2")
        await app.until_shown("get_weather(city: string*", "查询城市的天气预报")
        await app.press("4")
        await app.until_shown('"conversations": [', '"from": "human"')
        await app.press("3")
        await app.until_shown("Nothing is wrong with this row.")
        await app.press("1")
        await app.until_shown('{"text": "晴", "celsius": 21}')


@pytest.mark.parametrize("escape", [False, True], ids=["plain", "escaped"])
async def test_search_finds_chinese(browse: Browse, write: Write, some_rows: Rows, escape: bool) -> None:
    async with browse(write(some_rows, escape=escape)) as app:
        await app.press("slash", *"上海")
        await app.until_shown("1/1")
        assert app.row == 3
        await app.press("escape")
        await app.until_gone("1/1")
        assert app.pilot.app.screen.query_one(RowTable).has_focus


async def test_next_and_previous_hit_go_round(browse: Browse, write: Write) -> None:
    rows = [
        chat(human(f"第 {number} 行" + (" 退款 Refund" if number % 3 == 0 else "")), gpt("好")) for number in range(10)
    ]
    async with browse(write(rows)) as app:
        await app.press("slash", *"REFUND", "enter")
        await app.until_shown("1/4")
        for key, row in [("n", 3), ("n", 6), ("p", 3), ("N", 0), ("p", 9), ("n", 0)]:
            await app.press(key)
            assert app.row == row
        await app.press("slash", *"zz")
        await app.until_shown("nothing found")


async def test_full_width_keys_of_a_chinese_keyboard_work(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows)) as app:
        await app.press("？")
        await app.until_shown("Keys", "next and previous finding")
        await app.press("escape")
        await app.press("／")
        assert isinstance(app.pilot.app.focused, Input)
        await app.press("escape")
        await app.press("］")
        await app.until(lambda: app.row == 2)


@both_sizes
async def test_findings_stand_under_their_message_and_keys_go_from_one_to_the_next(
    browse: Browse, write: Write, some_rows: Rows, size: tuple[int, int]
) -> None:
    async with browse(write(some_rows), size=size) as app:
        await app.press("right_square_bracket")
        await app.until(lambda: app.row == 2)
        await app.until_shown("└ E TC401 call.not_json")
        lines = app.lines
        place = next(number for number, line in enumerate(lines) if "TC401" in line)
        above = [line for line in lines[:place] if "▌" in line or "└" in line]
        assert "{'name': 'get_weather'}" in above[-1]
        await app.press("right_square_bracket")
        await app.until(lambda: app.row == 3 or "TC401" not in app.text)
        await app.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await app.until_shown("TC401")


async def test_a_finding_far_below_is_scrolled_to_from_a_row_that_needs_no_scrolling(
    browse: Browse, write: Write
) -> None:
    talk = [turn for number in range(20) for turn in (human(f"第 {number} 问"), gpt(f"第 {number} 答"))]
    broken = row(*talk, human("退款"), call_text("{'name': 'get_weather'}"), observation({"ok": True}), gpt("好。"))
    async with browse(write([chat(human("你好"), gpt("你好")), broken])) as app:
        await app.press("right_square_bracket")
        await app.until_shown("└ E TC401 call.not_json")


async def test_findings_pane_leads_to_the_place_and_to_the_explanation(
    browse: Browse, write: Write, some_rows: Rows
) -> None:
    async with browse(write(some_rows), row=2) as app:
        await app.press("3", "tab")
        await app.until_shown("E TC401 call.not_json", "at /conversations/1/value")
        await app.press("R")
        await app.until(lambda: isinstance(app.pilot.app.screen, TextScreen))
        await app.until_shown("Why it matters", "LLaMA-Factory")
        await app.press("escape", "enter")
        await app.until_shown("└ E TC401")


async def test_tools_used_first_and_enter_shows_the_schema(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows), row=3) as app:
        await app.press("2", "tab")
        await app.until_shown("✗ book_hotel", "○ get_weather(")
        assert app.text.index("✗ book_hotel") < app.text.index("○ get_weather(")
        assert '"required"' not in app.text
        await app.press("down", "enter")
        await app.until_shown('"required": ["city"]')
        await app.press("enter")
        await app.until_gone('"required"')


async def test_filter_lists_only_rows_with_findings(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows)) as app:
        await app.press("f")
        await app.until_shown("rows with findings")
        await app.until(lambda: "你好" not in app.text and "退款到账了吗" in app.text)
        await app.press("escape")
        await app.until_shown("北京今天天气怎么样？")


async def test_filter_without_any_finding_says_so(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows[1:2])) as app:
        await app.press("f")
        await app.until_shown("No row has findings.", "你好")


async def test_enter_opens_the_row_and_escape_comes_back(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows), size=(80, 24), row=4) as app:
        await app.press("enter")
        await app.until_gone("退款到账了吗")
        assert "第 2 答" in app.text
        await app.press("end")
        await app.until_shown("第 19 答")
        await app.press("escape")
        await app.until_shown("退款到账了吗")


async def test_q_quits(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows)) as app:
        assert app.pilot.app.return_code is None
        await app.press("q")
        assert app.pilot.app.return_code == 0


async def test_a_click_selects_a_row_and_a_tab(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows)) as app:
        await app.pilot.click("#rows", offset=(20, 2))
        await app.until_shown("你好，有什么可以帮你？")
        await app.pilot.click("#tabs", offset=(20, 0))
        await app.until_shown("get_weather(city")


@pytest.mark.parametrize("width", [80, 81, 120, 133])
async def test_wide_characters_never_move_a_column(browse: Browse, write: Write, width: int) -> None:
    mixed = [
        "全角ＡＢＣ，半角abc 12345 的物流",
        "表情😀👨‍👩‍👧 与 émigré",
        "“引号”—破折号…①→°×",
        "한국어 カタカナ ｶﾅ",
        "\t制表\t符",
    ]
    rows = [chat(human(text * 3), gpt(text * 9)) for text in mixed]
    async with browse(write(rows), size=(width, 30)) as app:
        for _ in mixed:
            await app.pilot.pause(0.05)
            lines = app.lines
            assert [cell_len(line) for line in lines] == [width] * 30
            if width >= 100:
                edges = {cell_len(line.partition("▏")[0]) for line in lines if "▏" in line}
                assert len(edges) == 1
            assert not [line for line in lines if re.search(r"▌ [，。！？）」]", line)]
            await app.press("j")


async def test_a_hostile_row_leaves_the_screen_intact(browse: Browse, write: Write) -> None:
    nasty = "清屏\x1b[2J\x1b]0;title\x07 \x00 \u202egnp.exe \x9b31m 零\u200b宽"
    rows = [
        chat(human(nasty), gpt("甲" * 400_000)),
        "\x00",
        '{"conversations": [{"from": "human", "value": "\\ud800"}]}',
        "{broken \x1b[2J 中文",
        json.dumps({"conversations": [{"from": "human", "value": nasty}], "tools": "[" * 3000}),
        '{"a":' * 900 + "1" + "}" * 900,
        chat(human("好行"), gpt("还在")),
    ]
    async with browse(write(rows), size=(100, 30)) as app:
        for _ in rows:
            for tab in "1234":
                await app.press(tab)
                await app.pilot.pause(0.03)
                assert [cell_len(line) for line in app.lines] == [100] * 30
                assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\ud800-\udfff]", app.text)
            await app.press("1", "J")
        await app.press("home")
        await app.until_shown("清屏␛[2J", "⟨U+202E⟩", "␀")
        await app.press("end")
        await app.until_shown("还在")


async def test_long_text_is_folded_until_asked_for(browse: Browse, write: Write) -> None:
    async with browse(write([chat(human("长"), gpt("字" * 30_000 + "完。"))])) as app:
        await app.press("tab", "end")
        await app.until_shown("18,002 more characters")
        await app.press("plus", "end")
        await app.until_shown("完。")


async def test_a_large_file_is_parsed_only_where_it_is_looked_at(browse: Browse, tmp_path: Path) -> None:
    line = json.dumps(chat(human("第 @ 行"), gpt("好" * 50)), ensure_ascii=False)
    path = tmp_path / "large.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line.replace("@", str(number)) + "\n" for number in range(100_000))
    async with browse(path) as app:
        await app.until_shown("100,000 rows", "第 0 行")
        await app.press("end")
        await app.until_shown("第 99999 行", "row 99999 · line 100000")
        for _ in range(5):
            await app.press("pageup")
        await app.press("home", "slash", *"99998", "enter")
        await app.until(lambda: app.row == 99998)
        assert app.store.parsed < 600


async def test_a_terminal_too_small_says_so(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows), size=(50, 12)) as app:
        await app.until_shown("too small")
        await app.pilot.resize_terminal(80, 24)
        await app.until_shown("北京今天天气怎么样？")


async def test_an_empty_file_and_several_files(browse: Browse, write: Write, some_rows: Rows, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    async with browse(empty) as app:
        await app.until_shown("0 rows", "No rows.")
        await app.press("j", "G", "1", "2", "3", "4", "n", "right_square_bracket", "enter", "R")
        assert "0 rows" in app.text
    async with browse(write(some_rows[:2]), empty, write(some_rows[2:], "more.jsonl")) as app:
        await app.until_shown("5 rows")
        await app.press("end")
        await app.until_shown("row 2 · line 3", "more.jsonl")


async def test_the_interface_speaks_chinese(browse: Browse, write: Write, some_rows: Rows) -> None:
    async with browse(write(some_rows), size=(80, 24), lang="zh") as app:
        await app.until_shown("5 行", "对话", "用户", "搜索", "退出")
        assert [cell_len(line) for line in app.lines] == [80] * 24


async def test_without_colour_the_severity_is_still_a_letter(
    browse: Browse, write: Write, some_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with browse(write(some_rows)) as app:
        await app.until(lambda: re.search(r"   2 E +4 +1 退款", app.text) is not None)


async def test_every_shipped_sample_opens(browse: Browse) -> None:
    samples = [path for path in bundled.files("samples") if path.suffix == ".jsonl"]
    assert samples
    for path in samples:
        async with browse(path, size=(80, 24)) as app:
            await app.until_shown(f"{len(app.store)} rows")
            await app.press("2", "pagedown", "3", "pagedown", "4", "end", "1")
            await app.until(lambda app=app: app.row == len(app.store) - 1)
            assert len(app.store) > 0
