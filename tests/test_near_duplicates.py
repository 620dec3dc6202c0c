"""Near duplicates: planted pairs are found, nothing else is, and how the texts came makes no difference."""

from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.near_duplicates import THRESHOLD, NearDuplicates
from toolcall_data.spill import IN_MEMORY, Spill
from toolcall_data.text_sketches import run_set, similarity, sketches

LETTERS = "".join(map(chr, range(0x4E00, 0x5200))) + "abcdefghijklmnopqrstuvwxyz0123456789"


def text(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(LETTERS, k=length))


def edited(chance: random.Random, original: str, edits: int) -> str:
    """The text with so many letters replaced."""
    letters = list(original)
    for place in chance.sample(range(len(letters)), edits):
        letters[place] = chance.choice(LETTERS)
    return "".join(letters)


def together(texts: list[str]) -> set[tuple[int, int]]:
    found = NearDuplicates()
    for each in texts:
        found.add(each)
    return {(first, other) for first, *others in found.clusters() for other in others}


def exact(texts: list[str]) -> list[set[str]]:
    """The runs of texts by the definition, without sketches."""
    return [{each[start : start + 5] for start in range(max(len(each) - 4, 1))} for each in texts]


@pytest.mark.parametrize(("length", "most_edits"), [(70, 1), (150, 3), (300, 8), (1500, 30)])
def test_planted_pairs_are_found_and_no_others(length: int, most_edits: int) -> None:
    chance = random.Random(length)
    texts: list[str] = []
    for number in range(400):
        original = text(chance, length)
        texts += [original, edited(chance, original, number % most_edits + 1)]
    found = together(texts)
    sets = exact(texts)
    planted = {(number, number + 1) for number in range(0, len(texts), 2)}
    alike = {
        (first, second)
        for first, second in planted
        if len(sets[first] & sets[second]) >= THRESHOLD * len(sets[first] | sets[second])
    }
    assert len(alike) > 100
    assert found <= alike
    assert len(found) >= 0.97 * len(alike)


def test_pairs_just_at_the_threshold_are_found() -> None:
    """Sets of 400 runs that share 0.80 to 0.82."""
    chance = random.Random(7)
    texts: list[str] = []
    for _ in range(300):
        shared = text(chance, 364)
        texts += [shared + text(chance, 40), shared + text(chance, 40)]
    similarities = [similarity(texts[number], texts[number + 1]) for number in range(0, len(texts), 2)]
    assert min(similarities) >= 0.8
    assert max(similarities) < 0.83
    assert len(together(texts)) >= 0.97 * 300


def test_short_texts_are_themselves() -> None:
    short = ["你好", "谢谢", "查天气", "再见", "好", "", "？", "hi", "ok", "嗯"]
    assert together(short) == set()
    assert together(["你好", "谢谢", "你好"]) == {(0, 2)}
    assert together(["Ｈｉ！", "hi"]) == {(0, 1)}
    assert all(len(run_set(each)) == 1 for each in short)


def test_texts_of_marks_only_stay_apart() -> None:
    assert together(["？？", "！！", "  ", "？？"]) == {(0, 3)}


def test_the_numbers_agree_as_often_as_the_sets() -> None:
    chance = random.Random(3)
    for share in (0.3, 0.5, 0.7, 0.9):
        estimates = []
        for _ in range(60):
            same, rest = int(400 * share), 400 - int(400 * share)
            shared = text(chance, same)
            first, second = shared + text(chance, rest), shared + text(chance, rest)
            numbers = sketches([first, second])
            estimates.append(float((numbers[0] == numbers[1]).mean()) - similarity(first, second))
        assert abs(sum(estimates) / len(estimates)) < 0.02


def test_many_texts_of_one_pattern_end_soon() -> None:
    chance = random.Random(5)
    pattern = text(chance, 200)
    texts = [pattern + text(chance, 40) for _ in range(600)]
    assert 0.65 < similarity(texts[0], texts[1]) < 0.8
    twin = texts[17] + "。"
    assert (17, len(texts)) in together([*texts, twin])


def test_a_large_group_of_copies_is_one_cluster() -> None:
    found = NearDuplicates()
    for number in range(3000):
        found.add("今天北京的天气怎么样？我想去爬山，需要带伞吗？" + "。" * (number % 3))
    assert found.clusters() == [list(range(3000))]
    assert found.clusters(among=[3, 9, 12]) == [[3, 9, 12]]
    assert found.clusters(linked=lambda first, second: False) == []


@given(
    st.lists(st.text("你好天气ab，", max_size=14), max_size=24),
    st.integers(0, 24),
    st.booleans(),
)
def test_merged_parts_give_what_the_whole_gives(texts: list[str], cut: int, is_sent: bool) -> None:
    whole, first, later = NearDuplicates(), NearDuplicates(), NearDuplicates()
    for number, each in enumerate(texts):
        whole.add(each)
        (first if number < cut else later).add(each)
    if is_sent:
        later = pickle.loads(pickle.dumps(later))
    first.merge(later)
    assert [first.text(number) for number in range(len(first))] == texts
    assert first.clusters() == whole.clusters()


def test_what_does_not_fit_into_memory_is_read_back() -> None:
    spill = Spill()
    block = bytes(range(256)) * 4096
    for _ in range(IN_MEMORY // len(block) + 2):
        spill.append(block)
    spill.append(b"end")
    assert spill.read(len(spill) - 3, 3) == b"end"
    assert spill.read(256, 256) == block[:256]
    spill.append(b"!")
    assert spill.read(len(spill) - 4, 4) == b"end!"
    copy = pickle.loads(pickle.dumps(spill))
    assert b"".join(copy.pieces()) == b"".join(spill.pieces())
    assert len(copy) == len(spill)
    assert bytes(spill.rows(4)[-1]) == b"end!"
