"""What fuzzing has found: an input each, and what must become of it."""

from __future__ import annotations

import datetime
import decimal
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.conftest import Tcdata
from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.canonical import from_json, to_json
from toolcall_data.conversation.json_text import DEEPEST, decode
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.base import format_named
from toolcall_data.report.finding_json import finding_objects
from toolcall_data.report.output import Look
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import rule_named, rules
from toolcall_data.rules.base import Finding
from toolcall_data.sources.reader import open_file
from toolcall_data.target.plain import is_plain
from toolcall_data.target.registration import SHAREGPT
from toolcall_data.target.templates import template_named
from toolcall_data.target.verdict import verdict


def read(value: dict[str, Any], name: str = "sharegpt") -> Conversation:
    return format_named(name).read(value, Origin(format=name))


def read_file(path: Path, data: bytes) -> list[Conversation]:
    path.write_bytes(data)
    return list(open_file(str(path), "sharegpt").conversations())


def found_by(name: str, value: dict[str, Any], shape: str = "sharegpt") -> list[Finding]:
    return list(rule_named(name).check(read(value, shape)))


def is_stored(conversation: Conversation) -> bool:
    """Whether what is stored of it is read back and stored as the same."""
    text = to_json(conversation)
    return to_json(from_json(text)) == text


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def test_values_that_only_parquet_has_are_read_as_text(tcdata: Tcdata) -> None:
    columns = {
        "conversations": [[{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}]],
        "day": [datetime.date(2026, 11, 22)],
        "price": [decimal.Decimal("1.50")],
        "photo": [b"\xff\x00"],
        "nested": [{"at": [datetime.time(10)]}],
    }
    pl.DataFrame(columns).write_parquet(tcdata.folder / "rows.parquet")
    (found,) = open_file(str(tcdata.folder / "rows.parquet")).conversations()
    assert found.extra == {"day": "2026-11-22", "price": "1.50", "photo": "\ufffd\x00", "nested": {"at": ["10:00:00"]}}
    assert is_stored(found)


@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
@pytest.mark.parametrize("layout", ["{}\n", "[{}]", "[\n{\n}\n]"])
def test_what_nests_deeper_than_can_be_stored_is_a_finding(tmp_path: Path, brackets: str, layout: str) -> None:
    opening, closing = brackets[:-1], brackets[-1]
    for depth, kinds in ((DEEPEST - 5, []), (DEEPEST + 50, ["file.json_lines"]), (5000, ["file.json_lines"])):
        text = json.dumps(chat(human("你好"), gpt("你好！")) | {"note": "@"})
        text = text.replace('"@"', opening * depth + "1" + closing * depth)
        data = layout.replace("{}", text).replace("{\n}", text)
        (found,) = read_file(tmp_path / "rows.json", data.encode())
        assert [problem.kind for problem in found.problems] == kinds
        assert is_stored(found)


def test_a_call_that_nests_too_deeply_is_no_json() -> None:
    text = '{"name": "now", "arguments": {"a": ' + "[" * 150 + "]" * 150 + "}}"
    assert decode(text).error == "nested too deeply"
    assert len(found_by("call.not_json", row(human("几点？"), {"from": "function_call", "value": text}))) == 1


def test_half_a_surrogate_pair_in_a_text_of_json_gives_no_value() -> None:
    found = decode('{"a": "\\ud800"}')
    assert (found.value, found.error) == (None, "holds half of a surrogate pair")


def test_a_fix_writes_no_half_of_a_surrogate_pair() -> None:
    value = row(human("查"), call("now"), {"from": "observation", "value": '{"a": "\\ud800"}'}, gpt("好"))
    conversation = read(value)
    for rule in rules():
        to_json(rule.fix(conversation))


def test_an_integer_of_thousands_of_digits_in_an_array_is_a_finding(tmp_path: Path) -> None:
    good = json.dumps(chat(human("你好"), gpt("你好！")))
    broken = good[:-1] + ', "n": ' + "9" * 5000 + "}"
    found = read_file(tmp_path / "rows.json", f"[{good},\n{broken},\n{good}]".encode())
    assert [[problem.kind for problem in each.problems] for each in found] == [[], ["file.json_lines"], []]


def test_stray_bytes_in_an_excerpt_can_be_told_of(tmp_path: Path) -> None:
    found = read_file(tmp_path / "rows.json", b'[{"conversations": [}, {"value": "\xc8"}]')
    assert any(each.problems for each in found)
    assert all(map(is_stored, found))


def test_going_on_after_a_broken_row_takes_linear_time(tmp_path: Path) -> None:
    data = b'[\n{"conversations": [}' + b"\n" * 100_000 + b"x" + b" \n" * 50_000 + b"]"
    assert seconds(lambda: read_file(tmp_path / "rows.json", data)) < 1


@pytest.mark.parametrize("name", ["zh.bidi", "zh.nbsp"])
@pytest.mark.parametrize("text", ["\u202e", "a\u202e", "\u3000", "a\u3000", "\u3000\n"])
def test_rules_about_characters_take_linear_time(name: str, text: str) -> None:
    value = chat(human(text * 100_000), gpt("好"))
    assert seconds(lambda: found_by(name, value)) < 2


def test_an_answer_of_many_numbers_takes_little_time() -> None:
    numbers = " ".join(str(number * 7 + 0.25) for number in range(3000))
    value = row(human("列出来"), call("now"), observation([n * 1.5 for n in range(3000)]), gpt(numbers))
    assert seconds(lambda: found_by("ans.number_ungrounded", value)) < 2


def test_openings_of_calls_that_are_never_closed_take_linear_time() -> None:
    value = row(human("查"), {"from": "function_call", "value": "查<tool_call>" + "<tool_call>" * 20_000})
    assert seconds(lambda: read(value)) < 1


def test_a_question_of_many_numbers_takes_little_time() -> None:
    parameters = {"type": "object", "properties": {"term": {"type": "integer", "description": "期限，以月为单位"}}}
    tools = [{"name": "loan", "description": "贷款", "parameters": parameters}]
    value = row(human("1," * 30_000), call("loan", term=30), observation({"ok": True}), gpt("好"), tools=tools)
    assert seconds(lambda: found_by("call.unit_mismatch", value)) < 2


def test_of_many_findings_of_a_rule_in_a_row_the_first_holds_the_patch() -> None:
    conversation = read(row(human("查"), *[call("get_weather", city="北京", days="3")] * 150, gpt("好")))
    findings = Checker([rule_named("call.numeric_string")]).check(conversation)
    told: list[dict[str, Any]] = []
    assert seconds(lambda: told.extend(finding_objects((conversation, findings), Look()))) < 1
    assert len(told) > 100
    patches = [each["fix"]["patch"] for each in told]
    assert patches[0]
    assert not any(patches[1:])


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("ms_swift", {"messages": [{"role": "assistant", "content": "好", "loss": 10**400}]}),
        ("openai", {"messages": [{"role": "assistant", "content": "好", "weight": 10**400}]}),
        ("openai", {"messages": [{"role": "assistant", "content": "好", "weight": float("nan")}]}),
    ],
)
def test_a_weight_that_is_no_amount_is_a_leftover(shape: str, value: dict[str, Any]) -> None:
    found = read(value, shape)
    assert found.messages[0].extra
    assert found.messages[0].role == "assistant"
    assert found.messages[0].weight is None


def test_an_enum_of_an_endless_integer_is_judged() -> None:
    parameters = {"type": "object", "properties": {"a": {"type": "string", "enum": [10**400]}}}
    value = chat(human("查"), gpt("好")) | {"tools": json.dumps([{"name": "now", "parameters": parameters}])}
    assert "tool.enum_type" in {finding.name for finding in Checker().check(read(value))}


@pytest.mark.parametrize(
    ("name", "shape", "value"),
    [
        ("tool.not_list", "bfcl", {"function": {}}),
        ("tool.not_list", "mcp", {"tools": {}}),
        ("conv.special_tokens", "sharegpt", row({"from": "function_call", "value": "<|eot_id|>"})),
        ("conv.alternation", "sharegpt", chat(human("一"), {"from": "system", "value": "二"}, human("三"))),
        (
            "conv.alternation",
            "sharegpt",
            chat({"from": "gpt"}, {"from": "system", "value": "一"}, {"from": "human"}, gpt("二"), gpt("三")),
        ),
    ],
)
def test_a_fix_that_would_change_nothing_is_not_offered(name: str, shape: str, value: dict[str, Any]) -> None:
    conversation = read(value, shape)
    findings = list(rule_named(name).check(conversation))
    assert [finding.fix for finding in findings] == [None]
    assert rule_named(name).fix(conversation) == conversation


def test_a_block_that_is_left_in_the_text_is_not_mended_again() -> None:
    text = '<tool_call>{"name": "now", "arguments": ""}}{"name": "get_r", "arguments": {'
    rule = rule_named("call.not_json")
    mended = rule.fix(read(row({"from": "function_call", "value": text})))
    assert [finding.fix for finding in rule.check(mended)] == [None]
    assert rule.fix(mended) == mended


def test_a_leading_system_message_without_text_takes_the_prompt_of_the_column_away() -> None:
    """LLaMA-Factory takes the message's null for the prompt; the quick look must not call the row plain."""
    value = {**chat({"from": "system"}, human("你好"), gpt("你好！")), "system": "请简短回答。"}
    template = template_named("qwen3")
    assert verdict(value, SHAREGPT, template).kind == "alters"
    assert not is_plain(read(value), value, SHAREGPT, template)


def test_a_fix_of_more_values_than_are_looked_at_at_a_time_mends_them_all() -> None:
    asked = human("把 Alice Smith 加到联系人")
    many = [call("add_contact", person="爱丽丝·史密斯") for _ in range(150)]
    rule = rule_named("zh.transliterated_name")
    mended = rule.fix(read(row(asked, *many, gpt("好了。"))))
    assert {each.arguments["person"] for each in mended.calls} == {"Alice Smith"}
    assert rule.fix(mended) == mended
