"""Filters: what each drops, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.build import WEATHER, call, calls, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.fingerprint import normal_text
from toolcall_data.errors import RecipeError
from toolcall_data.filters.base import filters

if TYPE_CHECKING:
    from tests.stages.conftest import Kitchen


def kept(kitchen: Kitchen, rows: list[dict[str, Any]], *steps: Any) -> set[int]:
    """The numbers of the rows that the steps keep."""
    kitchen.mix(sources={"a": kitchen.source("a", rows)}, clean=list(steps))
    dropped = {line["row"]: line for line in kitchen.rows(file="dropped")}
    for line in dropped.values():
        assert line["stage"] == "clean"
        assert line["reason"].startswith("clean.")
        assert line["detail"]
    return set(range(len(rows))) - set(dropped)


def test_the_filters_of_this_release_are_found() -> None:
    assert {"length", "turns", "exact_duplicates"} <= set(filters())


def test_length_counts_system_prompt_and_tools(kitchen: Kitchen) -> None:
    rows = [
        chat(human("四个字的"), gpt("六个字的回答")),
        chat(human("四个字的"), gpt("七个字的回答了")),
        chat(human("四个字的"), gpt("六个字的回答"), system="设"),
        row(human("四个字的"), gpt("六个字的回答")),
        chat(human("四个"), gpt("字")),
    ]
    assert kept(kitchen, rows, {"length": {"max_characters": 10, "min_characters": 4}}) == {0}
    assert kept(kitchen, rows, {"length": {"min_characters": 10}}) == {0, 1, 2, 3}


def test_turns(kitchen: Kitchen) -> None:
    pair = (human("问"), gpt("答"))
    rows = [
        chat(*pair),
        chat(*pair * 2),
        chat(*pair * 3),
        row(human("?"), call("get_weather", city="京"), observation("晴"), gpt("晴")),
    ]
    assert kept(kitchen, rows, {"turns": {"max_turns": 2}}) == {0, 1, 3}
    assert kept(kitchen, rows, {"turns": {"min_turns": 2}}) == {1, 2}
    assert kept(kitchen, rows, {"turns": {"max_messages": 2}}) == {0}


def test_calls(kitchen: Kitchen) -> None:
    one, two = call("get_weather", city="京"), calls(call("get_weather", city="京"), call("get_weather", city="沪"))
    rows = [
        row(human("你好"), gpt("你好")),
        row(human("?"), one, observation("晴"), gpt("晴")),
        row(human("?"), two, observation("[1, 2]"), gpt("晴")),
        row(human("?"), one, observation("晴"), one, observation("雨"), gpt("晴转雨")),
    ]
    assert kept(kitchen, rows, {"calls": {"min_calls": 1}}) == {1, 2, 3}
    assert kept(kitchen, rows, {"calls": {"max_calls": 1}}) == {0, 1}
    assert kept(kitchen, rows, {"calls": {"max_parallel": 1}}) == {0, 1, 3}


def test_length_counts_tools_that_are_a_list(kitchen: Kitchen) -> None:
    rows = [
        {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "你好"}], "tools": tools}
        for tools in ([], [{"type": "function", "function": WEATHER}])
    ]
    assert kept(kitchen, rows, {"length": {"max_characters": 100}}) == {0}


DIALOGUE = (human("北京，天气？"), gpt("晴。"))


@pytest.mark.parametrize(("key", "wanted"), [("prompt", {0, 5}), ("dialogue", {0, 4, 5}), ("row", {0, 2, 3, 4, 5})])
def test_exact_duplicates_by_each_key(kitchen: Kitchen, key: str, wanted: set[int]) -> None:
    rows = [
        chat(*DIALOGUE),
        chat(human("北京, 天气?"), gpt(" 晴. ")),
        chat(*DIALOGUE, system="你是助手"),
        row(*DIALOGUE, tools=[WEATHER]),
        chat(DIALOGUE[0], gpt("雨。")),
        chat(human("上海天气？"), gpt("晴。")),
    ]
    assert kept(kitchen, rows, {"exact_duplicates": {"key": key}}) == wanted


def test_key_order_of_arguments_makes_no_difference_but_values_do(kitchen: Kitchen) -> None:
    two = tool("f", a={"type": "integer"}, b={"type": "string"})
    answer = (observation("好"), gpt("好"))
    rows = [
        row(human("?"), call("f", a=1, b="x"), *answer, tools=[two]),
        row(human("?"), call("f", b="x", a=1), *answer, tools=[two]),
        row(human("?"), call("f", a=2, b="x"), *answer, tools=[two]),
        row(human("?"), call("f", a=1, b="X"), *answer, tools=[two]),
    ]
    assert kept(kitchen, rows, "exact_duplicates") == {0, 2, 3}


@pytest.mark.parametrize(
    "texts",
    [
        ("你好，世界！", "你好,世界!", "你好 世界", "你好世界…"),
        ("ＡＢＣ１２", "abc12", "Abc 12"),
        ("“好”", '"好"', "好。"),
    ],
)
def test_spellings_of_one_text(texts: tuple[str, ...]) -> None:
    assert len({normal_text(text) for text in texts}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.5", "15"), ("版本 1.5", "版本 15"), ("3,000", "3000.5"), ("１．５", "15"), ("a+b", "a-b"), ("你好", "您好")],
)
def test_texts_that_mean_different_things(one: str, other: str) -> None:
    assert normal_text(one) != normal_text(other)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([".", "．", ",", ":"]))
def test_a_point_between_digits_always_counts(before: int, after: int, point: str) -> None:
    assert normal_text(f"共{before}{point}{after}元") != normal_text(f"共{before}{after}元")


def test_the_first_source_wins_among_duplicates(kitchen: Kitchen) -> None:
    pair = [chat(*DIALOGUE)]
    report = kitchen.mix(
        sources={"good": kitchen.source("z", pair), "worse": kitchen.source("a", [*pair, chat(human("?"), gpt("!"))])},
        clean=["exact_duplicates"],
    )
    assert {name: tally.kept for name, tally in report.tallies.items()} == {"good": 1, "worse": 1}
    (line,) = kitchen.rows(file="dropped")
    assert (line["source"], line["row"], line["detail"]) == ("worse", 0, "same dialogue as row 0 of good")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"lenght": {}}, ("lenght", "did you mean `length`?")),
        ({"length": {"max_caracters": 1}}, ("max_caracters", "did you mean `max_characters`?")),
        ({"length": {"max_characters": 1, "min_characters": 2}}, ("max_characters is below min_characters",)),
        ({"length": {"max_characters": -1}}, ("clean[0].length.max_characters", "-1")),
        ({"turns": {"min_turns": 3, "max_turns": 2}}, ("max_turns is below min_turns",)),
        ({}, ("a step names one filter",)),
        ({"length": {}, "turns": {}}, ("a step names one filter",)),
        ("lenght", ("lenght",)),
    ],
)
def test_wrong_steps_are_named_with_their_line(kitchen: Kitchen, step: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError) as error:
        kitchen.mix(sources={"a": kitchen.source("a", [])}, clean=[step])
    text = f"{error.value} {error.value.hint}"
    assert "recipe.yaml:1" in text
    for word in words:
        assert word in text
