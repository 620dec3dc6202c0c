"""The types of a file's values, gathered row by row: held against PyArrow itself, and bounded in memory."""

from __future__ import annotations

import io
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules.file_mixed_shape import FileMixedShape
from toolcall_data.rules.file_null_padding import FileNullPadding
from toolcall_data.rules.file_timestamps import FileTimestamps
from toolcall_data.target.files import SeenFile, SeenSet, Watch
from toolcall_data.target.registration import SHAREGPT, Registration
from toolcall_data.target.shapes import MOST, Shape, Shapes, named

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from([0.5, 2.0]), st.sampled_from(["", "雨", "[]"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["conversations", "x", "y"]), VALUES, min_size=1), min_size=1, max_size=6
)


def watched(rows: list[Any]) -> Watch:
    """What is gathered of these rows, each in a line of its own."""
    watch = Watch(SHAREGPT)
    for row, value in enumerate(rows):
        text = json.dumps(value, ensure_ascii=False).encode()
        watch.see(value, (row, row + 1), text, Conversation())
    return watch


def seen(rows: list[Any], registration: Registration = SHAREGPT) -> SeenSet:
    return SeenSet((SeenFile("rows.jsonl", "lines", False, watched(rows)),), registration)


def facts(shape: Shape) -> dict[str, tuple[Any, ...]]:
    """What is known of every place; counts are only kept where values are irregular."""
    return {
        named(path): (sorted(below.first.items()), below.filled, below.is_times and bool(below.first.get("string")))
        for path, below in shape.walk()
    }


@given(ROWS)
def test_lines_are_refused_exactly_where_pyarrow_refuses_them(rows: list[Any]) -> None:
    paj = pytest.importorskip("pyarrow.json", reason="PyArrow is not installed")
    pa = pytest.importorskip("pyarrow")
    text = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    try:
        paj.read_json(io.BytesIO(text))
    except pa.ArrowInvalid:
        is_refused = True
    else:
        is_refused = False
    assert bool(list(FileMixedShape().check_files(seen(rows)))) == is_refused


DATES = ["2024-01-01", "2024-01-01 10:00", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00+08:00", "2024-01-01T10"]
NO_DATES = ["2024-1-1", "2024/01/01", "2024", "10:00:00", " 2024-01-01", "2024-01-01 10:00:00.123", "2024年1月1日", ""]


@pytest.mark.parametrize("text", [*DATES, *NO_DATES])
def test_texts_become_times_exactly_where_pyarrow_makes_them(text: str) -> None:
    paj = pytest.importorskip("pyarrow.json", reason="PyArrow is not installed")
    row = {"conversations": [{"from": "human", "value": text}]}
    table = paj.read_json(io.BytesIO(f"{json.dumps(row)}\n".encode()))
    is_time = "timestamp" in str(table.schema)
    assert bool(list(FileTimestamps().check_files(seen([row])))) == is_time


@given(ROWS, st.integers(0, 6))
def test_pieces_merged_in_order_are_the_whole(rows: list[Any], cut: int) -> None:
    whole = watched(rows)
    first, second = Watch(SHAREGPT), Watch(SHAREGPT)
    for number, value in enumerate(rows):
        one = first if number < cut else second
        one.see(value, (number, number + 1), json.dumps(value).encode(), Conversation())
    first.merge(pickle.loads(pickle.dumps(second)))
    assert facts(first.shapes.row) == facts(whole.shapes.row)
    assert (first.shapes.rows, first.kept, first.twice) == (whole.shapes.rows, whole.kept, whole.twice)


@given(ROWS)
def test_rows_seen_again_say_nothing_new(rows: list[Any]) -> None:
    once, twice = Shapes(), Shapes()
    for number, value in enumerate(rows):
        once.add(value, (number, None))
        twice.add(value, (number, None))
    for value in rows:
        twice.add(value, (99, None))
    assert facts(once.row) == facts(twice.row)


@given(ROWS)
def test_no_key_is_twice_in_what_a_dictionary_wrote(rows: list[Any]) -> None:
    watch = watched(rows)
    assert watch.twice is None


def test_keys_inside_strings_do_not_count() -> None:
    inner = json.dumps({"a": 1, 'b"c': {"d": '":'}})
    rows = [{"conversations": [{"from": "human", "value": inner}], "tools": json.dumps(json.dumps({"x": 1})), "k\\": 1}]
    assert watched(rows).twice is None


def test_memory_is_bounded() -> None:
    shapes = Shapes()
    for number in range(300):
        shapes.add({f"key {number} {part}": {"deep": [part]} for part in range(100)}, (number, None))
    deep: Any = 1
    for _ in range(500):
        deep = [{"inside": deep}]
    shapes.add({"deep": deep}, (300, None))
    assert shapes.rows == 301
    assert sum(1 for _ in shapes.row.walk()) <= MOST + 1


def padded(rows: list[Any]) -> list[str]:
    return [finding.message for finding in FileNullPadding().check_files(seen(rows))]


def test_padding_is_told_of_values_that_are_read_and_of_no_others() -> None:
    tools = [{"tools": [{"name": "f", "parameters": {key: {}}}], "conversations": []} for key in ("city", "zone")]
    (said,) = padded(tools)
    assert "tools[].parameters" in said
    turns = [{"from": "human", "value": "?"}, {"from": "gpt", "value": "!", "weight": 1}]
    assert (
        padded([{"conversations": turns, "tools": "", "meta": {"a": 1}}, {"conversations": turns, "meta": {"b": 1}}])
        == []
    )


def test_rows_that_were_padded_before_are_told() -> None:
    rows = [
        {"conversations": [], "tools": [{"name": "f", "arguments": {"city": city, "zone": zone}}]}
        for city, zone in (("北京", None), (None, "cst"), (None, "jst"))
    ]
    (said,) = padded(rows)
    assert "`city`" in said
    assert "filled up" in said


def test_parameters_that_are_null_in_written_tools_are_a_warning(tmp_path: Any) -> None:
    from toolcall_data.rules._registry import chosen
    from toolcall_data.validation import Validation, jobs

    tool = {"name": "f", "description": "查", "parameters": {"type": "object", "properties": {"a": {}, "b": None}}}
    row = {
        "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "!"}],
        "tools": json.dumps([tool]),
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(row)}\n" * 3, encoding="utf-8")
    found = [each for _, many in Validation().run(jobs([str(path)]), chosen(["file.null_padding"])) for each in many]
    assert [(finding.severity.word, finding.line) for finding in found] == [("warning", 1)]
    assert "3 rows" in found[0].message
