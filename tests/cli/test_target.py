"""`validate --target`: what LLaMA-Factory does with each row, said beside the cause, counted by file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from toolcall_data.conversation.build import call, call_text, chat, gpt, human, observation, row
from toolcall_data.rules._registry import rules
from toolcall_data.rules._trainer import SpecialRule, TrainerRule

if TYPE_CHECKING:
    from tests.conftest import Tcdata

RULES = [rule for rule in rules() if isinstance(rule, TrainerRule)]
FINE = chat(human("你好"), gpt("你好！"))
TWO = [{"name": "get_weather", "arguments": {"city": city}} for city in ("北京", "上海")]
PARALLEL = row(
    human("北京和上海天气？"),
    call_text(json.dumps(TWO, ensure_ascii=False)),
    observation([{"text": "晴"}, {"text": "雨"}]),
    gpt("北京晴，上海雨。"),
)


def report(tcdata: Tcdata, rows: list[Any], *arguments: str) -> Any:
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    (tcdata.folder / "rows.jsonl").write_text(text, encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--format", "json", *arguments)
    assert ran.code in (0, 1), ran.err
    return ran.json


def test_there_is_a_rule_for_each_outcome() -> None:
    assert {rule.kind for rule in RULES if rule.name.startswith("target.")} == {"drops", "aborts", "alters"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_bad_examples_are_found_and_good_ones_are_not(tcdata: Tcdata, rule: TrainerRule) -> None:
    for example in rule.bad:
        found = report(tcdata, [example, FINE], "--target", f"llamafactory:{rule.template}")["findings"]
        said = [each for each in found if each["verdict"]]
        assert [each["verdict"]["kind"] for each in said] == [rule.kind]
        assert not isinstance(rule, SpecialRule) or said[0]["name"] == rule.name
    for example in rule.good:
        assert report(tcdata, [example])["files"][0]["outcomes"] == {"trains": 1}


def test_the_verdict_stands_beside_the_error_that_names_the_cause(tcdata: Tcdata) -> None:
    odd = chat(human("你好"), gpt("你好！"), human("再见"))
    [found] = [each for each in report(tcdata, [odd, FINE])["findings"] if each["severity"] == "error"]
    assert found["name"] == "conv.odd_count"
    assert found["verdict"]["kind"] == "drops"
    text = tcdata.here("validate", "rows.jsonl", "--format", "text", "--lang", "zh")
    assert "LLaMA-Factory 会丢弃这一行" in text.out
    assert "丢弃 1 行" in text.err


@pytest.mark.parametrize(("template", "kind"), [("qwen3", None), ("glm4", "aborts"), ("llama3", None)])
def test_the_template_decides(tcdata: Tcdata, template: str, kind: str | None) -> None:
    found = report(tcdata, [PARALLEL], "--target", f"llamafactory:{template}")
    assert [each["verdict"]["kind"] for each in found["findings"] if each["verdict"]] == ([kind] if kind else [])
    if kind:
        assert "does not support parallel functions" in found["findings"][0]["verdict"]["error"]


@pytest.mark.parametrize(
    ("rows", "template", "message"),
    [
        ([FINE], "qwen3", ""),
        ([PARALLEL, FINE], "qwen3", ""),
        ([PARALLEL, FINE, PARALLEL], "glm4", "2 of 3 rows stop it"),
        ([chat(human("你好"), gpt("你好！"), human("再见"))] * 2, "qwen3", "drops every row"),
    ],
)
def test_a_file_that_does_not_train_is_told_once(tcdata: Tcdata, rows: list[Any], template: str, message: str) -> None:
    found = report(tcdata, rows, "--target", f"llamafactory:{template}")["findings"]
    said = [each["message"] for each in found if each["name"] == "ds.template_compat"]
    assert len(said) == bool(message)
    assert all(message in each for each in said)


def test_without_a_target_nothing_is_predicted(tcdata: Tcdata) -> None:
    found = report(tcdata, [PARALLEL, chat(human("{{idx}}"), gpt("好"))], "--target", "none")
    assert found["files"][0]["outcomes"] == {}
    assert [each for each in found["findings"] if each["verdict"]] == []


def test_the_settings_name_the_target(tcdata: Tcdata) -> None:
    (tcdata.folder / "tcdata.toml").write_text('[validate]\ntarget = "llamafactory:glm4"\n', encoding="utf-8")
    assert report(tcdata, [PARALLEL])["files"][0]["outcomes"] == {"aborts": 1}


def test_a_row_beyond_the_cutoff_loses_its_end(tcdata: Tcdata) -> None:
    long = chat(human("总结：" + "春眠不觉晓，处处闻啼鸟。" * 300), gpt("春天。"))
    assert report(tcdata, [long])["files"][0]["outcomes"] == {"trains": 1}
    found = report(tcdata, [long], "--cutoff-len", "1024")
    assert found["files"][0]["outcomes"] == {"alters": 1}
    assert "the cutoff is 1024" in found["findings"][0]["message"]


def test_rows_of_other_formats_are_judged_as_they_will_be_written(tcdata: Tcdata) -> None:
    messages = [
        {"role": "user", "content": "北京天气？"},
        {"role": "assistant", "content": "{{content}} 是占位符"},
        {"role": "user", "content": "{{idx}} 呢？"},
        {"role": "assistant", "content": "也是"},
    ]
    found = report(tcdata, [{"messages": messages}])
    assert found["files"][0]["format"] == "openai"
    assert found["files"][0]["outcomes"] == {"alters": 1}


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("llamafactory:qwen33", "no template `qwen33`", "did you mean `qwen3`?"),
        ("lamafactory", "no target named `lamafactory`", "did you mean `llamafactory`?"),
    ],
)
def test_an_unknown_target_is_one_clear_error(tcdata: Tcdata, target: str, message: str, hint: str) -> None:
    (tcdata.folder / "rows.jsonl").write_text(json.dumps(FINE), encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--target", target)
    assert ran.code == 2
    assert message in ran.err
    assert hint in ran.err


def test_processes_agree_on_the_verdicts(tcdata: Tcdata) -> None:
    rows = [
        row(human(f"第 {n} 问：北京天气？"), call("get_weather", city="北京"), observation({"n": n}), gpt("晴。" * 800))
        for n in range(3500)
    ]
    rows[17] = chat(human("{{idx}}"), gpt("好"))
    alone = report(tcdata, rows, "--jobs", "1", "--ignore", "ds")
    assert alone["files"][0]["outcomes"] == {"trains": 3499, "alters": 1}
    assert report(tcdata, rows, "--jobs", "2", "--ignore", "ds") == alone
