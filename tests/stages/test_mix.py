"""Amounts, held-out rows, order: what `mix` promises of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.fingerprint import normal_text
from toolcall_data.errors import EmptyError, RecipeError

if TYPE_CHECKING:
    from tests.stages.conftest import Kitchen


def chats(name: str, count: int) -> list[dict[str, Any]]:
    return [chat(human(f"{name}{number}"), gpt(f"回答{number}")) for number in range(count)]


def two(kitchen: Kitchen, a: int = 40, b: int = 20) -> dict[str, str]:
    return {"a": kitchen.source("a", chats("a", a)), "b": kitchen.source("b", chats("b", b))}


def by_source(said: list[str]) -> Counter[str]:
    return Counter(text[0] for text in said)


def test_without_amounts_everything_is_taken_once(kitchen: Kitchen) -> None:
    report = kitchen.mix(sources=two(kitchen))
    assert by_source(kitchen.said()) == {"a": 40, "b": 20}
    assert len(set(kitchen.said())) == 60
    assert (report.train_rows, report.eval_rows) == (60, 0)
    assert not (kitchen.folder / "mix" / "eval.jsonl").exists()


@pytest.mark.parametrize(
    ("mix", "wanted"),
    [
        ({"take": {"a": {"weight": 1}, "b": {"weight": 1}}}, {"a": 20, "b": 20}),
        ({"take": {"a": {"weight": 3}, "b": {"weight": 1}}}, {"a": 40, "b": 13}),
        ({"take": {"a": {"weight": 1}, "b": {"weight": 1}}, "total": 15}, {"a": 8, "b": 7}),
        ({"take": {"a": {"weight": 1}, "b": {"weight": 3}}, "max_repeats": 2}, {"a": 13, "b": 40}),
        ({"take": {"a": {"rows": 7}}}, {"a": 7, "b": 20}),
        ({"take": {"a": {"rows": 0}}}, {"b": 20}),
        ({"take": {"b": {"rows": 50}}, "max_repeats": 2.5}, {"a": 40, "b": 50}),
        ({"take": {"a": {"max_rows": 5}}}, {"a": 5, "b": 20}),
        ({"take": {"a": {"weight": 1, "max_rows": 5}, "b": {"weight": 1}}}, {"a": 5, "b": 5}),
        ({"take": {"a": {"rows": 7}, "b": {"weight": 1}}}, {"a": 7, "b": 20}),
    ],
)
def test_amounts(kitchen: Kitchen, mix: dict[str, Any], wanted: dict[str, int]) -> None:
    kitchen.mix(sources=two(kitchen), mix=mix)
    assert by_source(kitchen.said()) == wanted
    uses = Counter(kitchen.said())
    assert max(uses.values()) <= -(-mix.get("max_repeats", 1) // 1)
    for source in wanted:
        counts = [uses[text] for text in uses if text[0] == source]
        assert max(counts) - min(counts) <= 1, "repeats are not spread evenly"


@pytest.mark.parametrize(
    ("mix", "words"),
    [
        ({"take": {"b": {"rows": 21}}}, ("mix.take.b", "21 rows", "raise mix.max_repeats")),
        ({"take": {"a": {"weight": 1}, "b": {"weight": 1}}, "total": 100}, ("mix.take.a", "50 rows", "40")),
        ({"take": {"aa": {"rows": 1}}}, ("`aa`", "did you mean `a`?")),
        ({"take": {"zebra": {"rows": 1}}}, ("`zebra`", "a, b")),
        ({"take": {"b": {"rows": 20}}, "eval": {"share": 0.5}}, ("mix.take.b",)),
    ],
)
def test_what_cannot_be_had_is_an_error_that_names_the_source(
    kitchen: Kitchen, mix: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(RecipeError) as error:
        kitchen.mix(sources=two(kitchen), mix=mix)
    text = f"{error.value} {error.value.hint}"
    assert "recipe.yaml:1" in text
    for word in words:
        assert word in text
    assert [path.name for path in kitchen.folder.iterdir() if path.is_dir()] == []


def test_held_out_share_and_rows(kitchen: Kitchen) -> None:
    share = kitchen.mix(sources=two(kitchen), mix={"eval": {"share": 0.1}})
    assert by_source(kitchen.said(file="eval")) == {"a": 4, "b": 2}
    assert (share.train_rows, share.eval_rows) == (54, 6)
    rows = kitchen.mix(output="rows", sources=two(kitchen), mix={"eval": {"rows": 9}})
    assert by_source(kitchen.said("rows", "eval")) == {"a": 6, "b": 3}
    assert (rows.train_rows, rows.eval_rows) == (51, 9)


def test_a_mix_without_held_out_rows_removes_the_old_ones(kitchen: Kitchen) -> None:
    kitchen.mix(sources=two(kitchen), mix={"eval": {"share": 0.1}})
    assert (kitchen.folder / "mix" / "eval.jsonl").exists()
    kitchen.mix(sources=two(kitchen))
    assert not (kitchen.folder / "mix" / "eval.jsonl").exists()


def test_no_row_left_is_told_with_the_reasons(kitchen: Kitchen) -> None:
    source = kitchen.source("a", [{}, "{", []])
    with pytest.raises(EmptyError) as error:
        kitchen.mix(sources={"a": source})
    assert "3 rows were read" in (error.value.hint or "")


FILES = ("train.jsonl", "eval.jsonl", "dropped.jsonl", "manifest.json", "dataset_info.json")


def test_same_recipe_and_seed_give_the_same_bytes(kitchen: Kitchen) -> None:
    stages: dict[str, Any] = {
        "sources": two(kitchen) | {"broken": kitchen.source("broken", ["{", {}, *chats("c", 3), *chats("c", 2)])},
        "clean": ["exact_duplicates"],
        "mix": {
            "take": {"a": {"weight": 1}, "b": {"weight": 1}},
            "eval": {"share": 0.2},
            "seed": 5,
            "max_repeats": 1.5,
        },
    }
    for output in ("one", "two"):
        kitchen.mix(output, **stages)
    for name in FILES:
        one, again = ((kitchen.folder / output / name).read_bytes() for output in ("one", "two"))
        assert one == again, name
    kitchen.mix("other", ["mix.seed=6"], **stages)
    assert kitchen.said("other") != kitchen.said("one")
    assert set(kitchen.said("other")) != set(kitchen.said("one"))


def test_the_order_of_lines_in_a_file_decides_nothing(kitchen: Kitchen) -> None:
    mix = {"take": {"a": {"rows": 10}}, "eval": {"rows": 5}}
    kitchen.mix("one", sources={"a": kitchen.source("a", chats("a", 40))}, mix=mix)
    kitchen.mix("two", sources={"a": kitchen.source("a", chats("a", 40)[::-1])}, mix=mix)
    for file in ("train", "eval"):
        assert kitchen.said("one", file) == kitchen.said("two", file)


def test_added_rows_change_the_draw_only_by_themselves(kitchen: Kitchen) -> None:
    mix = {"take": {"a": {"rows": 10}}}
    kitchen.mix("one", sources={"a": kitchen.source("a", chats("a", 40))}, mix=mix)
    kitchen.mix("two", sources={"a": kitchen.source("a", [*chats("x", 2), *chats("a", 40)])}, mix=mix)
    new = [text for text in kitchen.said("two") if text.startswith("x")]
    assert set(kitchen.said("one")) - set(kitchen.said("two")) <= set(kitchen.said("one"))
    assert len(set(kitchen.said("one")) & set(kitchen.said("two"))) == 10 - len(new)


SPELLINGS = ("你好，世界！", "你好,世界!", "你好世界", "  你好 世界 ", "再见", "Hello", "hello!", "1.5", "15")


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(SPELLINGS), st.integers(0, 4)), min_size=6, max_size=40
    ),
    seed=st.integers(0, 99),
    share=st.sampled_from([0.1, 0.3, 0.5]),
    repeats=st.sampled_from([1, 2]),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_dialogue_is_on_both_sides(
    kitchen: Kitchen, rows: list[tuple[str, str, int]], seed: int, share: float, repeats: int
) -> None:
    sources = {
        name: kitchen.source(
            name, [chat(human(text), gpt(f"答{number}")) for source, text, number in rows if source == name]
        )
        for name in {source for source, _, _ in rows}
    }
    try:
        kitchen.mix(sources=sources, mix={"seed": seed, "eval": {"share": share}, "max_repeats": repeats})
    except EmptyError:
        return

    def dialogues(file: str) -> set[tuple[str, ...]]:
        found = kitchen.rows(file=file) if (kitchen.folder / "mix" / f"{file}.jsonl").exists() else []
        return {tuple(normal_text(turn["value"]) for turn in row["conversations"]) for row in found}

    assert not dialogues("train") & dialogues("eval")
