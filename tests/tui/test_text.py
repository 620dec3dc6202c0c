"""Wrapping, clipping and making text safe."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from toolcall_data.safe_text import safe
from toolcall_data.tui.json_lines import json_lines, painted
from toolcall_data.tui.lines import Block, Span, lay_out
from toolcall_data.tui.text import clip, wrap
from toolcall_data.tui.words import EN, ZH

TEXT = st.text(st.sampled_from("中文，。（）“”abc 12-.😀é한ｱ…"), max_size=120)


def shown(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]


@given(TEXT, st.integers(4, 60))
@settings(max_examples=300, deadline=None)
def test_wrapping_loses_nothing_but_white_space_and_never_overflows(text: str, width: int) -> None:
    lines = shown(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


def test_chinese_breaks_anywhere_and_latin_words_stay_whole() -> None:
    text = "订单 12345 的物流信息已经更新，预计 tomorrow 到达。"
    assert shown(text, 20) == ["订单 12345 的物流信", "息已经更新，预计", "tomorrow 到达。"]
    for width in range(10, 60):
        lines = shown(text, width)
        assert not [line for line in lines if line[0] in "，。"]
        assert any("tomorrow" in line for line in lines)


@given(TEXT, st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_clipping_fills_exactly(text: str, width: int) -> None:
    clipped = clip(text, width)
    assert cell_len(clipped) == width
    if cell_len(text) > width:
        assert "…" in clipped


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\0", "␀"),
        ("\x7f", "␡"),
        ("\u202e", "⟨U+202E⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("a\tb", "a    b"),
    ],
)
def test_what_a_terminal_would_obey_becomes_a_picture(text: str, picture: str) -> None:
    assert safe(text) == picture


def test_marks_stand_on_the_words_searched_for() -> None:
    lines = lay_out([Block((Span("查一下 "), Span("Weather", "key"), Span("，好吗")))], 40, "weather，")
    marked = [span.text for line in lines for span in line.spans if span.style == "hit"]
    assert "".join(marked) == "Weather，"
    assert [line.is_hit for line in lines] == [True]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_pretty_json_is_the_same_json(value: object) -> None:
    import json

    text = "\n".join("".join(span.text for span in line.spans) for line in json_lines(value))
    if not re.search("[⟨␀-␡]|    ", text):
        assert json.loads(text) == value


def test_painting_keeps_the_text() -> None:
    text = '{"名": [1, -2.5e3, true, null, "a\\"b"], oops'
    assert "".join(span.text for span in painted(text)) == text
    assert [span.text for span in painted(text) if span.style == "key"] == ['"名"']


def test_both_languages_say_the_same_things() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert EN.keys() == ZH.keys()
    assert [key for key in EN if fields(EN[key]) != fields(ZH[key])] == []
    assert [key for key in EN if EN[key].count("|") != ZH[key].count("|")] == []
