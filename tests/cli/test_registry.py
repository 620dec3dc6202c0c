"""`tcdata validate dataset_info.json`: what LLaMA-Factory would do with registries and whole files, told beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.target.defects import GOOD
from tests.target.whole_files import CASES, COLUMNS, FINE, WRITERS, Case, entry
from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode
from toolcall_data.rules._registry import rule_named, rules
from toolcall_data.rules._sets import FileRule, InfoRule
from toolcall_data.rules.base import Rule
from toolcall_data.target.registry import COLUMNS as COLUMN_KEYS
from toolcall_data.target.registry import KEYS, TAGS
from toolcall_data.validation import Validation, jobs, registries

if TYPE_CHECKING:
    from tests.conftest import Tcdata

RECORD = Path(__file__).parents[2].parent / "shared" / "reference" / "defect-truth-table.jsonl"
FAMILIES = ("info", "file", "row.not_object")

ABOUT_THE_JOB = {
    "i_undefined": "the dataset that was asked for; the command refuses the name",
    "i_dup_dataset": "the `dataset` option of the job",
    "i_probs_len": "an option of the job",
    "i_bad_template": "an option of the job",
    "i_no_template": "an option of the job",
    "i_mask_history": "an option of the job",
    "i_nothink_flag": "an option of the job",
}
"""Recorded under `dataset_info`, and not to be seen in any registry or file."""


def errors(tcdata: Tcdata, *names: str) -> list[dict[str, Any]]:
    """The findings about registries and files that are errors."""
    asked = names or ("dataset_info.json",)
    ran = tcdata.here("validate", *asked, "--select", ",".join(FAMILIES), "--format", "json", "--allow-empty")
    assert ran.code in (0, 1), ran.err
    return [finding for finding in ran.json["findings"] if finding["severity"] == "error"]


@pytest.mark.parametrize("name", CASES)
def test_the_defect_is_named_and_nothing_else(tcdata: Tcdata, name: str) -> None:
    case = CASES[name]
    case.write(tcdata.folder)
    found = errors(tcdata)
    assert {finding["name"] for finding in found} == ({case.rule} if case.rule else set()), found
    assert not case.say or any(case.say in finding["message"] for finding in found), found


def recorded() -> list[dict[str, Any]]:
    if not RECORD.exists():
        pytest.skip(f"{RECORD} is not here: the record is no part of the project")
    return [json.loads(line) for line in RECORD.read_text(encoding="utf-8").splitlines()]


def test_every_recorded_file_and_registry_is_a_case() -> None:
    wanted = {case["id"]: case for case in recorded() if case["format"] in ("file", "dataset_info")}
    assert len(wanted) > 50
    assert set(wanted) - set(CASES) == set(ABOUT_THE_JOB)
    kinds = {"accepted": {"loads"}, "silent_corruption": {"corrupts"}, "crash": {"fails"}, "load_failure": {"fails"}}
    for name in set(wanted) & set(CASES):
        assert CASES[name].kind in kinds[wanted[name]["lf_behaviour"]], name


def test_rows_that_keep_a_file_from_loading_are_named(tcdata: Tcdata) -> None:
    wanted = [case for case in recorded() if case["lf_behaviour"] == "load_failure" and "row" in case]
    wanted = [case for case in wanted if case["format"] in GOOD]
    assert len(wanted) > 10
    for case in wanted:
        found = case["row"] if isinstance(case["row"], list) else [case["row"]]
        data = json.dumps([*[GOOD[case["format"]]] * 4, *found]).encode()
        columns = case.get("dataset_info") or {
            "columns": {"prompt": "instruction", "query": "input", "response": "output"}
        }
        Case({"d.json": data}, {"d": {"file_name": "d.json", **columns}}, None).write(tcdata.folder)
        names = {finding["name"] for finding in errors(tcdata)}
        assert names & {"file.mixed_shape", "file.json_lines"}, (case["id"], names)


def test_rows_that_are_accepted_among_others_are_not_named(tcdata: Tcdata) -> None:
    wanted = [case for case in recorded() if case["lf_behaviour"] == "accepted" and case["format"] in GOOD]
    wanted = [case for case in wanted if isinstance(case["row"], dict)]
    assert len(wanted) > 10
    for case in wanted:
        columns = case.get("dataset_info") or {
            "columns": {"prompt": "instruction", "query": "input", "response": "output"}
        }
        for form, name in (("array", "d.json"), ("lines", "d.jsonl")):
            data = WRITERS[form]([*[GOOD[case["format"]]] * 4, case["row"]])
            Case({name: data}, {"d": {"file_name": name, **columns}}, None).write(tcdata.folder)
            names = {finding["name"] for finding in errors(tcdata)} - {"info.columns_reset"}
            assert names == set(), (case["id"], names)


OURS = [rule for rule in rules() if isinstance(rule, InfoRule | FileRule)]
NEED_FILES = {
    "file.objects_over_lines",
    "info.folder",
    "info.no_rows",
    "info.wrapped_rows",
    "info.file_unreadable",
    "info.folder_columns",
}
"""Rules about files rather than the text of an entry; the cases show them."""


def registry_of(rule: Rule, example: str, folder: Path) -> None:
    if isinstance(rule, InfoRule):
        (folder / "dataset_info.json").write_text(example, encoding="utf-8")
        rows = rule.rows or (FINE,)
        data = "".join(f"{encode(row)}\n" for row in rows)
        for name in ("rows.jsonl", "rows.jsonl.gz", "rows.JSON", "a.json", "b.json"):
            (folder / name).write_text(data, encoding="utf-8")
    else:
        assert isinstance(rule, FileRule)
        first, _, rest = example.partition("\n")
        (folder / "rows.jsonl").write_text(f"{first}\n" * rule.times + rest, encoding="utf-8")


def found_by(tcdata: Tcdata, rule: Rule, example: str) -> bool:
    registry_of(rule, example, tcdata.folder)
    name = "dataset_info.json" if isinstance(rule, InfoRule) else "rows.jsonl"
    form = () if isinstance(rule, InfoRule) or "instruction" in example else ("--from", "sharegpt")
    ran = tcdata.here("validate", name, *form, "--select", rule.name, "--format", "json", "--allow-empty")
    return rule.name in ran.json["summary"]


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_examples_are_true(tcdata: Tcdata, rule: Rule) -> None:
    if rule.name in NEED_FILES:
        assert any(case.rule == rule.name for case in CASES.values())
        return
    for example in rule.bad:
        assert found_by(tcdata, rule, str(example)), example
    for example in rule.good:
        assert not found_by(tcdata, rule, str(example)), example


def test_findings_have_the_line_of_the_key(tcdata: Tcdata) -> None:
    written = {"a": {"file_name": "a.json"}, "b": {**entry()["d"], "split": "test", "colums": {}}}
    (tcdata.folder / "dataset_info.json").write_text(json.dumps(written, indent=2), encoding="utf-8")
    (tcdata.folder / "d.json").write_text(encode([FINE]), encoding="utf-8")
    ran = tcdata.here("validate", "dataset_info.json", "--format", "json").json
    lines = (tcdata.folder / "dataset_info.json").read_text(encoding="utf-8").split("\n")
    places = {finding["name"]: (finding["pointer"], lines[finding["line"] - 1]) for finding in ran["findings"]}
    assert places["info.split"] == ("/b/split", '    "split": "test",')
    assert places["info.unknown_key"] == ("/b/colums", '    "colums": {}')
    assert places["info.file_missing"][0] == "/a/file_name"
    hints = {finding["name"]: finding["hint"] for finding in ran["findings"]}
    assert "`columns`" in hints["info.unknown_key"]
    assert "`d.json`" in hints["info.file_missing"]


def test_a_folder_with_a_registry_is_judged_by_it(tcdata: Tcdata) -> None:
    (tcdata.folder / "set").mkdir()
    CASES["i_no_columns"].write(tcdata.folder / "set")
    (tcdata.folder / "set" / "other.jsonl").write_bytes(WRITERS["lines"]([FINE]))
    ran = tcdata.here("validate", "set", "--format", "json").json
    assert [file["path"] for file in ran["files"]] == ["set/d.json", "set/other.jsonl"]
    assert {finding["name"] for finding in errors(tcdata, "set")} == {"info.columns_reset"}
    assert {finding["name"] for finding in errors(tcdata, "d@set")} == {"info.columns_reset"}
    assert errors(tcdata, "set/other.jsonl") == []


def test_one_dataset_is_judged_without_the_others(tcdata: Tcdata) -> None:
    both = {**entry(), "gone": {"file_name": "gone.json"}}
    Case({"d.json": WRITERS["array"]([FINE])}, both, None).write(tcdata.folder)
    assert errors(tcdata, "d@.") == []
    assert [finding["name"] for finding in errors(tcdata, "gone@.")] == ["info.file_missing"]
    unknown = tcdata.here("validate", "zzz@.")
    assert unknown.code == 2
    assert "zzz" in unknown.err


def test_files_that_tcdata_would_register_are_judged_as_the_loader_loads_them(tcdata: Tcdata) -> None:
    for name in ("mixed_id_lines", "f_dup_row_keys_jsonl"):
        (case,) = [CASES[name]]
        (tcdata.folder / "d.jsonl").write_bytes(case.files["d.jsonl"])
        assert {finding["name"] for finding in errors(tcdata, "d.jsonl")} == {case.rule}
    openai = [{**GOOD["openai"], "id": 1}, {**GOOD["openai"], "id": "a"}]
    (tcdata.folder / "openai.jsonl").write_bytes(WRITERS["lines"](openai))
    assert errors(tcdata, "openai.jsonl") == [], "only a source of conversion"


def test_a_hub_is_not_judged_and_said_to_be_so_on_demand(tcdata: Tcdata) -> None:
    Case({}, {"far": {"hf_hub_url": "someone/rows", **entry(file_name=None)["d"]}}, None).write(tcdata.folder)
    assert errors(tcdata) == []
    ran = tcdata.here("validate", "dataset_info.json", "--extend-select", "info.not_checked", "--allow-empty")
    assert "hf_hub_url" in ran.out


def test_several_processes_find_the_same(tcdata: Tcdata) -> None:
    case = CASES["late_column"]
    path = case.write(tcdata.folder)
    assert (tcdata.folder / "d.jsonl").stat().st_size > 10 << 20
    select = ("--select", "TC108,TC109,TC111,TC112,TC113,TC114,TC115,TC9", "--format", "json")
    one, two = (tcdata("validate", path.name, *select, "--jobs", count) for count in ("1", "2"))
    assert one.json["findings"] == two.json["findings"]
    assert [finding["name"] for finding in one.json["findings"]] == ["file.late_column"]


def test_what_tcdata_exports_is_sound(tcdata: Tcdata, samples: Path) -> None:
    recipe = {"sources": {"rows": str(samples / "sharegpt.jsonl")}, "mix": {"eval": {"share": 0.1}}}
    (tcdata.folder / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    assert tcdata("mix", "recipe.yaml", "-o", "mix").code == 0
    ran = tcdata.here("validate", "mix", "--select", "info,file", "--format", "json")
    assert ran.json["files"]
    assert ran.json["findings"] == []


def test_every_rule_speaks_both_languages() -> None:
    assert len(OURS) > 25
    for rule in OURS:
        assert rule.chinese
    assert rule_named("TC901").name == "info.unreadable"


def test_columns_of_the_cases_are_those_that_are_written() -> None:
    assert set(COLUMNS.values()) <= set(FINE)


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from(["", "rows.jsonl", ".", "tools", "\ud800", "a\0b", "sharegpt"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*COLUMN_KEYS, *TAGS, "x/~y"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["a", "天气", "/~"]), ANY | st.dictionaries(st.sampled_from(KEYS), ANY, max_size=6), max_size=2
    )
)
def test_nothing_in_a_registry_is_an_exception(tmp_path_factory: pytest.TempPathFactory, written: Any) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "rows.jsonl").write_bytes(WRITERS["lines"]([FINE, {"tools": [1]}, 3]))
    (folder / "dataset_info.json").write_text(json.dumps(written), encoding="utf-8")
    names = [str(folder / "dataset_info.json")]
    validation = Validation()
    found = [each for _, many in validation.run(jobs(names), OURS, registries=registries(names)) for each in many]
    for finding in found:
        assert finding.message
        assert finding.file
    for name, keys in written.items():
        if not isinstance(keys, dict):
            assert any(finding.pointer == item_at(name) for finding in found)
