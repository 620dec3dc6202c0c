"""Rules about whole inputs: their examples through the real validation, tallies merged, their place in reports."""

from __future__ import annotations

import json
import pickle
import random
from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._benchmarks import VARIABLE
from toolcall_data.rules._equal_keys import EqualKeys
from toolcall_data.rules._registry import rules as all_rules
from toolcall_data.rules._tallies import Tallies, concerned
from toolcall_data.rules.base import DatasetRule, Example, Finding, Rule, Severity
from toolcall_data.rules.ds_split_leak import side_of
from toolcall_data.validation import Validation, jobs

if TYPE_CHECKING:
    from tests.conftest import Tcdata

RULES = [rule for rule in all_rules() if isinstance(rule, DatasetRule)]
OWN = [rule for rule in RULES if rule.name != "ds.template_compat"]
QUESTION = "底边长为10厘米，高为5厘米的三角形，面积是多少？"
DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A benchmark in the shape of BFCL's files."""
    file = tmp_path / "benchmark" / "BFCL_simple.json"
    file.parent.mkdir()
    asked = {"id": "simple_0", "question": [[{"role": "user", "content": QUESTION}]], "function": []}
    file.write_text(json.dumps(asked, ensure_ascii=False) + "\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(file.parent))


def written(rows: Sequence[Example], folder: Path) -> list[str]:
    """The rows as JSON Lines files; a row's `file` says in which."""
    for each in rows:
        assert isinstance(each, dict)
        path = folder / "data" / str(each.get("file", "rows.jsonl"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(each, ensure_ascii=False) + "\n")
    return [str(path) for path in sorted((folder / "data").rglob("*.jsonl"))]


def judged(paths: Sequence[str], rules: Sequence[Rule]) -> list[Finding]:
    return [finding for _, found in Validation().run(jobs(paths), rules) for finding in found]


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{index}")
        for rule in OWN
        for index, example in enumerate(getattr(rule, kind))
        if example
    ]


def test_there_are_rules_about_sets() -> None:
    assert len(OWN) >= 22
    assert all(rule.holds for rule in OWN)


@pytest.mark.parametrize(("rule", "rows"), cases("good"))
def test_good_sets_are_silent(rule: DatasetRule, rows: tuple[Example, ...], tmp_path: Path) -> None:
    assert judged(written(rows, tmp_path), [rule]) == []


@pytest.mark.parametrize(("rule", "rows"), cases("bad"))
def test_bad_sets_are_found(rule: DatasetRule, rows: tuple[Example, ...], tmp_path: Path) -> None:
    paths = written(rows, tmp_path)
    found = judged(paths, [rule])
    assert found
    for finding in found:
        assert (finding.code, finding.name, finding.severity) == (rule.code, rule.name, rule.severity)
        assert finding.file in paths
        assert getattr(finding.message, "zh", "")
        assert (finding.row is None) == (finding.line is None)
        if finding.row is not None:
            assert len(Path(finding.file).read_text(encoding="utf-8").splitlines()) > finding.row


MADE = (
    chat(human("你好"), gpt("你好！")),
    chat(human("你好"), gpt("你好。")),
    chat(human("我是谁？"), gpt("我是 {{name}}。")),
    chat(human("电话 13912864075"), gpt("好的，已经记下您的电话。")),
    row(human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), gpt("北京今天晴。")),
    row(human("北京天气？"), call("get_weather", city="北京市"), observation({"text": "晴"}), gpt("北京今天晴。")),
    row(human("北京天气？"), gpt("请问是哪一天？"), tools=[]),
)


def conversations(rows: Sequence[int]) -> list[Conversation]:
    """Rows of two files, one for training and one held out."""
    files = ["train.jsonl"] * (len(rows) // 2) + ["valid.jsonl"] * (len(rows) - len(rows) // 2)
    return [
        ShareGPT().read(MADE[number], Origin(path=file, row=index, line=index + 1))
        for index, (number, file) in enumerate(zip(rows, files, strict=True))
    ]


def gathered(rules: Sequence[Rule], rows: Sequence[Conversation]) -> Tallies:
    found = Tallies(rules)
    for each in rows:
        found.add(each)
    return found


@given(st.lists(st.integers(0, len(MADE) - 1), max_size=40), st.lists(st.integers(0, 40), max_size=3), st.booleans())
@settings(max_examples=40)
def test_merged_tallies_find_what_one_tally_finds(numbers: list[int], cuts: list[int], is_sent: bool) -> None:
    rows = conversations(numbers)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    rules = [rule for rule in OWN if rule.name != "ds.benchmark_leak"]
    merged = Tallies(rules)
    for start, end in pairwise(edges):
        part = gathered(rules, rows[start:end])
        merged.merge(pickle.loads(pickle.dumps(part)) if is_sent else part)
    assert merged.findings() == gathered(rules, rows).findings()


def test_rules_that_cannot_find_anything_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {rule.name for rule in concerned(OWN, ["train.jsonl", "valid.jsonl"])}
    assert {"ds.split_leak", "ds.benchmark_leak", "ds.exact_dup"} <= names
    monkeypatch.delenv(VARIABLE)
    names = {rule.name for rule in concerned(OWN, ["train.jsonl"])}
    assert names.isdisjoint({"ds.split_leak", "ds.benchmark_leak"})


@pytest.mark.parametrize(
    ("file", "side"),
    [
        ("train.jsonl", "train"),
        ("my_train-v2.json", "train"),
        ("glaive.valid.jsonl", "held_out"),
        ("data/test/part1.jsonl", "held_out"),
        ("验证集.jsonl", "held_out"),
        ("train/eval.jsonl", "held_out"),
        ("train_test.jsonl", None),
        ("latest.jsonl", None),
        ("trained.jsonl", None),
    ],
)
def test_names_say_what_files_are_for(file: str, side: str | None) -> None:
    assert side_of(file) == side


def test_findings_about_the_set_come_once_and_last(tcdata: Tcdata) -> None:
    blank = chat(human("你是谁？"), gpt("我是 {{name}}。"))
    broken = row(human("北京天气？"), call("get_wether", city="北京"), observation("晴"), gpt("晴。"))
    rows = [blank, broken, blank, chat(human("再见"), gpt("再见！"))]
    path = tcdata.folder / "rows.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows), encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--select", "ds,call", "--format", "jsonl")
    found: list[dict[str, Any]] = [line for line in map(json.loads, ran.lines) if "code" in line]
    assert [each["name"] for each in found] == ["call.unknown_tool", "ds.exact_dup", "ds.identity_placeholder"]
    assert [each["line"] for each in found] == [2, 1, 1]
    assert ran.code == 1
    ran = tcdata.here("validate", "rows.jsonl", "--select", "ds", "--statistics")
    counted = {words[-1]: words[:2] for words in map(str.split, ran.lines)}
    assert counted["ds.identity_placeholder"] == ["1", "1"]


def test_settings_hold_for_findings_about_sets(tcdata: Tcdata) -> None:
    greeting = json.dumps(chat(human("你好"), gpt("你好！")), ensure_ascii=False) + "\n"
    (tcdata.folder / "rows.jsonl").write_text(greeting * 2, encoding="utf-8")
    (tcdata.folder / "tcdata.toml").write_text('[severity]\n"ds.exact_dup" = "error"\n', encoding="utf-8")
    assert tcdata.here("validate", "rows.jsonl").code == 1
    (tcdata.folder / "tcdata.toml").write_text('[per-path."*.jsonl"]\nignore = ["ds"]\n', encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--format", "concise")
    assert "ds." not in ran.out


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    chance = random.Random(1)
    words = "北京上海天气订单查询航班会议提醒明天后天晴雨多云温度"
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(9000):
            said = "".join(chance.choices(words, k=300)) if number % 10 else "请帮我查询明天北京的天气，谢谢。"
            file.write(json.dumps(chat(human(said), gpt(f"第{number % 50}号：好的。")), ensure_ascii=False) + "\n")
    assert path.stat().st_size > 8 << 20
    rules = [rule for rule in OWN if rule.name in ("ds.exact_dup", "ds.near_dup", "ds.length_outliers")]
    one, two = Validation(), Validation()
    alone = [found for _, found in one.run(jobs([str(path)]), rules)]
    assert [found for _, found in two.run(jobs([str(path)]), rules, processes=2)] == alone
    assert {finding.name for found in alone for finding in found} >= {"ds.exact_dup"}
    assert one.by_rule == two.by_rule


def test_a_benchmark_that_is_not_there_is_a_clear_error(tcdata: Tcdata, monkeypatch: pytest.MonkeyPatch) -> None:
    (tcdata.folder / "rows.jsonl").write_text(json.dumps(MADE[0], ensure_ascii=False), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, "nowhere")
    ran = tcdata.here("validate", "rows.jsonl", "--select", "ds.benchmark_leak")
    assert ran.code > 1
    assert "nowhere" in ran.err
    assert "Traceback" not in ran.err


def real(name: str, *rules: str) -> list[Finding]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the published rows are no part of the project")
    return judged([str(path)], [rule for rule in OWN if rule.name in rules])


def test_copies_in_published_rows() -> None:
    found = real("glaive_toolcall_zh_demo.json", "ds.exact_dup", "ds.near_dup", "ds.same_prompt_conflict")
    counts = Counter(finding.name for finding in found)
    assert counts == {"ds.exact_dup": 21, "ds.near_dup": 2}
    assert str(found[0].message).startswith("the same row 3 times")
    assert str(found[20].message) == "17 more such groups, of 34 rows in all"


def test_several_answers_to_one_question_are_left_alone() -> None:
    found = real("oaast_sft_zh.json", "ds.near_dup", "ds.same_prompt_conflict", "ds.same_turns_other_tools")
    assert {finding.name for finding in found} == {"ds.near_dup"}
    assert len(found) <= 7


def test_blanks_of_the_identity_set() -> None:
    found = real("identity.json", "ds.identity_placeholder", "ds.pii", "ds.secrets")
    assert [(finding.name, finding.severity) for finding in found] == [("ds.identity_placeholder", Severity.ERROR)]
    assert "85 rows" in found[0].message


def test_a_file_that_two_entries_register_is_one_set(tmp_path: Path) -> None:
    paths = written(MADE[:2], tmp_path)
    twice = [*jobs(paths), *jobs(paths, "sharegpt")]
    found = [finding for _, each in Validation().run(twice, OWN) for finding in each]
    assert "ds.exact_dup" not in {finding.name for finding in found}


def test_rows_on_one_line_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([MADE[2], MADE[0], MADE[2]], ensure_ascii=False), encoding="utf-8")
    found = judged([str(path)], [rule for rule in OWN if rule.name == "ds.exact_dup"])
    assert [str(finding.message) for finding in found] == ["the same row 2 times: also #2"]


def test_rows_without_a_message_are_no_copies(tcdata: Tcdata) -> None:
    unread = [{}, {"conversations": []}, {"conversations": [{"from": "?", "value": 1}]}]
    rows = [json.dumps(each) for each in (*unread, MADE[0], *unread, MADE[0])]
    (tcdata.folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl", "--select", "ds.exact_dup,ds.near_dup", "--format", "jsonl")
    found = [line for line in map(json.loads, ran.lines) if "code" in line]
    assert [(each["name"], each["line"]) for each in found] == [("ds.exact_dup", 4)]


def test_a_finding_about_copies_is_known_wherever_they_stand(tcdata: Tcdata) -> None:
    path = tcdata.folder / "rows.jsonl"
    known = [MADE[4], MADE[0], MADE[4]]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in known), encoding="utf-8")
    chosen = ("validate", "rows.jsonl", "--select", "ds.exact_dup")
    tcdata.here(*chosen, "--write-baseline", "known.json")
    moved = [MADE[0], MADE[3], MADE[4], MADE[4]]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in moved), encoding="utf-8")
    assert "ds.exact_dup" not in tcdata.here(*chosen, "--baseline", "known.json", "--format", "concise").out
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in [*moved, MADE[0]]), encoding="utf-8")
    ran = tcdata.here(*chosen, "--baseline", "known.json", "--format", "concise")
    assert ran.out.count("ds.exact_dup") == 1


def test_few_rows_and_many_are_grouped_alike() -> None:
    chance = random.Random(2)
    keys = array("Q", (chance.randrange(700) for _ in range(2000)))
    few, many = EqualKeys(keys), EqualKeys(keys + array("Q", range(1000, 1001)))
    assert (len(few), few.rows) == (len(many), many.rows)
    assert list(few.largest_first()) == list(many.largest_first())
