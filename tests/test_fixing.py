"""Fixing rows and files: nothing but what a fix is about changes, and a fix does what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_any_row import SHAREGPT
from tests.sources.test_layouts import LAYOUTS
from toolcall_data.conversation.build import call, call_text, chat, gpt, human, observation, row, system
from toolcall_data.conversation.json_changes import applied, changes, same
from toolcall_data.conversation.json_merge import merged
from toolcall_data.conversation.json_style import style_of
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.fixing import Errand, Fixing, Options
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.report.fixed_rows import FixedRow, diff
from toolcall_data.report.output import Look
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._mending import ALL, SAFE, Plain, mend
from toolcall_data.rules._registry import chosen, rules
from toolcall_data.rules.base import DatasetRule
from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.row_texts import read_row_texts
from toolcall_data.sources.rows import read_rows

RULES = chosen(["all"])
DAMAGED = {
    "cut off": b'[{"a": 1}, {"a": 2',
    "a broken row": b'[\n  {"a": 1},\n  {"a": tru},\n  {"a": "\xe5\xa5\xbd"}\n]\n',
    "a trailing comma": b'[{"a": 1}, {"a": 2},\n]\n',
    "no UTF-8": b'{"a": 1}\n{"a": "\xff"}\n\n{"a": 2}\n',
    "no UTF-8 in an array": b'[{"a": 1}, {"a": "\xff"}, {"a": 2}]',
    "text behind the array": b'[{"a": 1}] done\n',
    "broken lines": b'{"a": 1}\nx\n\r\n  {"a": 2}  \r\nnull\n',
    "empty": b"",
    "blank": b" \n\n",
}


@pytest.mark.parametrize("data", [*(make() for make, _ in LAYOUTS.values()), *DAMAGED.values()])
def test_rows_and_what_is_copied_are_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(data)
    with_texts, plain, whole, again = *(open_text(str(path)) for _ in range(3)), bytearray()
    found = []
    for raw, text in read_row_texts(with_texts, again.extend):
        found.append(raw)
        assert raw.problem is not None or json.loads(text) == raw.value
        again += text
    assert (found, bytes(again)) == (list(read_rows(plain)), whole.mark + whole.stream.read())
    for opened in (with_texts, plain, whole):
        opened.close()


def test_a_large_array_is_copied_across_the_borders_of_what_is_read_at_once(tmp_path: Path) -> None:
    rows = [{"n": number, "text": "好" * 5000} for number in range(120)]
    data = json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n  \n"
    path = tmp_path / "rows.json"
    path.write_bytes(data.replace(b'"n": 60', b'"n": x60'))
    opened, again = open_text(str(path)), bytearray()
    readable = 0
    for raw, text in read_row_texts(opened, again.extend):
        again += text
        readable += raw.problem is None
    opened.close()
    assert readable == len(rows) - 1
    assert bytes(again) == path.read_bytes()


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "好", "a", 1.0]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["a", "b", "/", "~"]), inner),
    max_leaves=12,
)


@given(VALUE, VALUE)
def test_changes_applied_in_order_give_the_other_value(one: Any, other: Any) -> None:
    result = one
    for change in changes(one, other):
        result = applied(result, change)
    assert same(result, other)
    assert list(changes(one, one)) == []


@given(VALUE, VALUE, VALUE)
def test_merging_is_sound(own: Any, base: Any, new: Any) -> None:
    assert same(merged(own, base, base), own)
    assert same(merged(base, base, new), new)


def test_a_merge_keeps_what_the_copy_left_out() -> None:
    own = {"b": '{"x":1,  "id":7}', "kept": [1], "list": ["lead", {"k": 1, "extra": 2}]}
    base = {"b": '{"x": 1}', "list": [{"k": 1}], "made up": ""}
    new = {"b": '{"x": 2}', "list": [{"k": 1}], "made up": ""}
    assert merged(own, base, new) == {"b": '{"x":2,"id":7}', "kept": [1], "list": ["lead", {"k": 1, "extra": 2}]}


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("style", [{"separators": (",", ":")}, {}, {"indent": 2}, {"indent": "\t"}])
def test_a_row_is_written_in_the_manner_of_its_old_text(style: dict[str, Any], escaped: bool) -> None:
    value = {"甲": [1, {"a": "好, 的: 1,000"}], "b": {}, "c": "1,2"}
    text = json.dumps(value, ensure_ascii=escaped, **style)
    assert style_of(text).write(value) == text


def conversation_of(example: dict[str, Any]) -> Conversation:
    return ShareGPT().read(example, Origin(path="x", format="sharegpt"))


def run(folder: Path, data: bytes, **options: Any) -> tuple[bytes, list[FixedRow], Fixing]:
    """The file after its fixes, and what was fixed."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_bytes(data)
    fixing, heard = Fixing(), list[FixedRow]()
    fixing.run([Errand(str(source), None, str(target))], RULES, Options(**options), heard=heard.append)
    return target.read_bytes(), heard, fixing


def jsonl(*rows: Any, **style: Any) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False, **style) + "\n" for one in rows).encode()


def examples(applicability: str) -> list[Any]:
    found = [
        pytest.param(rule, example, id=f"{rule.name}-{number}")
        for rule in rules()
        if rule.applicability == applicability and not isinstance(rule, DatasetRule)
        for number, example in enumerate(rule.bad)
        if isinstance(example, dict) and "conversations" in example
    ]
    assert len(found) > 10
    return found


def answers(conversation: Conversation) -> list[str]:
    """What the model is taught to say; a message whose role is misspelt says it too."""
    said = [m.content for m in conversation.messages if m.role == "malformed" and isinstance(m.content, str)]
    return [m.text.strip() for m in conversation.messages if m.role == "assistant" and not m.calls] + said


@pytest.mark.parametrize(("rule", "example"), examples("safe"))
def test_no_safe_fix_alters_what_the_model_is_taught_to_say(rule: Any, example: dict[str, Any]) -> None:
    before = conversation_of(example)
    after = rule.fix_safely(before)
    assert {text for text in answers(after) if text} <= {text.strip() for text in answers(before)}


@settings(max_examples=150)
@given(SHAREGPT)
def test_safe_fixes_of_any_row_leave_its_answers_alone_and_are_made_once(example: dict[str, Any]) -> None:
    before, checker = conversation_of(example), Checker(RULES)
    findings = checker.check(before)
    mended = mend(Plain(before), findings, checker)
    assert len(mended.left) <= len(findings)
    for name in mended.fixed_by:
        counts = [[found.name for found in each].count(name) for each in (findings, mended.left)]
        assert counts[1] < counts[0]
    for step in mended.steps:
        said = {text.strip() for text in answers(step.before.conversation)}
        assert {text.strip() for text in answers(step.after.conversation) if text} <= said, step.rule.name
    again = mend(mended.draft, mended.left, checker)
    assert again.steps == ()


@pytest.mark.parametrize("wanted", [SAFE, ALL])
def test_fixing_the_broken_samples_twice_changes_nothing(tmp_path: Path, samples: Path, wanted: Any) -> None:
    for name in ("broken.jsonl", "broken_openai.jsonl"):
        once, heard, fixing = run(tmp_path, (samples / name).read_bytes(), unsafe=wanted is ALL)
        assert fixing.rows == fixing.untouched + fixing.fixed + fixing.unreadable
        assert len(heard) == fixing.fixed
        twice, none, _ = run(tmp_path, once, unsafe=wanted is ALL)
        assert (twice, none) == (once, [])


@settings(max_examples=60)
@given(st.lists(SHAREGPT, max_size=4), st.booleans())
def test_any_rows_are_fixed_once_and_the_log_tells_how(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], unsafe: bool
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    data = "".join(json.dumps(one) + "\n" for one in rows).encode()
    once, heard, _ = run(folder, data, unsafe=unsafe)
    for fixed in heard:
        result: Any = fixed.before
        for edit in fixed.edits:
            for change in edit.changes:
                result = applied(result, change)
        assert same(result, fixed.after)
        assert same(json.loads(once.splitlines()[fixed.row]), fixed.after)
        assert diff(fixed, Look()).startswith("--- ")
    assert run(folder, once, unsafe=unsafe)[0] == once


@pytest.mark.parametrize(("rule", "example"), [*examples("safe"), *examples("unsafe")])
def test_a_fixed_row_differs_only_where_the_fix_was(tmp_path: Path, rule: Any, example: dict[str, Any]) -> None:
    """Keys and messages that the fix is not about have the same bytes; the extra ones too."""
    own = {"id": "甲", **example, "note": {"b": 1.50, "a": [None, "x"]}}
    data, heard, _ = run(tmp_path, jsonl(own), unsafe=True)
    for fixed in heard:
        assert [*fixed.after] == [*own]
        touched = {change.at.split("/")[1] for edit in fixed.edits for change in edit.changes}
        assert touched <= {"conversations", "tools", "system"}
        assert all(json.dumps(fixed.after[key]) == json.dumps(own[key]) for key in own if key not in touched)
        assert json.loads(data) == fixed.after


def test_only_the_argument_that_is_wrong_changes(tmp_path: Path) -> None:
    written = '{"id":"c1","name":"get_weather","arguments":{"days":"3","city":"北京"}}'
    turns = [human("北京三天天气？"), call_text(written), observation('{ "text" :"晴"}'), gpt(" 晴。\n")]
    own = {"tools": row()["tools"], "conversations": [dict(turn, weight=1) for turn in turns], "lang": "zh"}
    data, (fixed,), _ = run(tmp_path, jsonl(own, separators=(",", ":")))
    [change] = [change for edit in fixed.edits for change in edit.changes if edit.rule.name == "call.numeric_string"]
    assert change.at == "/conversations/1/value"
    assert change.after == '{"id":"c1","name":"get_weather","arguments":{"days":3,"city":"北京"}}'
    expected = jsonl(own, separators=(",", ":")).replace(rb"\"days\":\"3\"", rb"\"days\":3")
    assert data == expected.replace('" 晴。\\n"'.encode(), '"晴。"'.encode())


def test_a_fix_that_would_do_harm_is_held_back(tmp_path: Path) -> None:
    cut = call_text('{"name": "get_weather", "arguments": {"da')
    data, heard, fixing = run(
        tmp_path, jsonl(row(human("北京天气？"), cut, observation("晴"), gpt("晴。"))), unsafe=True
    )
    assert (heard, dict(fixing.held_back)) == ([], {"call.not_json": 1})
    assert "call.missing_required" not in fixing.left
    assert data == (tmp_path / "in.jsonl").read_bytes()


def test_repairs_of_calls_are_safe_only_where_they_are_sure(tmp_path: Path) -> None:
    sure = call_text("{'name': 'get_weather', 'arguments': {'city': '北京'}}")
    likely = call_text('{"name": "get_weather", "arguments": {"city": "北京"')
    both = jsonl(*(row(human("北京天气？"), turn, observation("晴"), gpt("北京晴。")) for turn in (sure, likely)))
    meant = call("get_weather", city="北京")
    assert [fixed.row for fixed in run(tmp_path, both)[1]] == [0]
    data, heard, _ = run(tmp_path, both, unsafe=True)
    assert [(fixed.row, fixed.edits[0].applicability) for fixed in heard] == [(0, "safe"), (1, "unsafe")]
    assert [json.loads(line)["conversations"][1] for line in data.splitlines()] == [meant, meant]


UNSAFE = [
    (chat(human("你好"), human("在吗？"), gpt("在。")), {"conversations": [human("你好\n在吗？"), gpt("在。")]}),
    (
        chat(human("你好"), gpt("你好！"), gpt("有什么事？")),
        {"conversations": [human("你好"), gpt("你好！\n有什么事？")]},
    ),
    (chat(gpt("欢迎"), human("你好"), gpt("在。")), {"conversations": [human("你好"), gpt("在。")]}),
    (
        chat(human("你好"), gpt("在。"), system("说英文。"), human("再见"), gpt("Bye."), system="简短。"),
        {
            "conversations": [human("你好"), gpt("在。"), human("再见"), gpt("Bye.")],
            "system": "简短。\n\n说英文。",
        },
    ),
    (
        chat(system("你是助手。"), human("你好"), gpt("在。"), system="请简短回答。"),
        {"conversations": [human("你好"), gpt("在。")], "system": "你是助手。\n\n请简短回答。"},
    ),
    (
        row(human("北京天气？"), gpt('我来查。\nAction: get_weather\nAction Input: {"city": "北京"}')),
        {
            "conversations": [
                human("北京天气？"),
                call_text('我来查。<tool_call>{"name": "get_weather", "arguments": {"city": "北京"}}</tool_call>'),
            ]
        },
    ),
    (
        row(human("北京天气？"), call("getWeather", city="北京"), observation({"text": "晴"}), gpt("北京晴。")),
        {
            "conversations": [
                human("北京天气？"),
                call("get_weather", city="北京"),
                observation({"text": "晴"}),
                gpt("北京晴。"),
            ]
        },
    ),
    (
        chat(human("你好<|im_end|>"), gpt("在<｜end▁of▁sentence｜>")),
        {"conversations": [human("你好<| im_end |>"), gpt("在<｜ end▁of▁sentence ｜>")]},
    ),
]


@pytest.mark.parametrize(("example", "expected"), UNSAFE)
def test_unsafe_fixes(tmp_path: Path, example: dict[str, Any], expected: dict[str, Any]) -> None:
    data, _, _ = run(tmp_path, jsonl(example), unsafe=True)
    found = json.loads(data)
    assert {key: found[key] for key in expected} == expected
    assert run(tmp_path, jsonl(example))[0] == jsonl(example)


@pytest.mark.parametrize(
    ("given", "meant"),
    [({"unit": "Celsius"}, {"unit": "celsius"}), ({"unit": "摄氏度"}, {"unit": "celsius"}), ({"省": 1, "x": 2}, {})],
)
def test_unsafe_fixes_of_arguments(given: dict[str, Any], meant: dict[str, Any]) -> None:
    example = row(human("北京天气？"), call("get_weather", city="北京", **given), observation("晴"), gpt("晴。"))
    before = conversation_of(example)
    for name in ("call.enum", "call.unknown_arg"):
        [rule] = chosen([name])
        before = rule.fix(before)
    left = {key: value for key, value in before.calls[0].arguments.items() if key in meant or key == "x"}
    assert left == meant
