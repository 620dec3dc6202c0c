"""`tcdata validate`: the reports for people and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row

if TYPE_CHECKING:
    from tests.conftest import Tcdata

PROPERTIES: dict[str, Any] = {
    "code": {"type": "string", "pattern": r"^TC\d{3}$"},
    "name": {"type": "string", "pattern": r"^[a-z]+\.[a-z_]+$"},
    "severity": {"enum": ["error", "warning", "info"]},
    "message": {"type": "string", "minLength": 1},
    "hint": {"type": ["string", "null"]},
    "file": {"type": "string"},
    "row": {"type": ["integer", "null"], "minimum": 0},
    "line": {"type": ["integer", "null"], "minimum": 1},
    "id": {"type": ["string", "null"]},
    "key": {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
    "pointer": {"type": "string", "pattern": "^(/|$)"},
    "sub": {"type": ["string", "null"]},
    "span": {
        "type": ["object", "null"],
        "required": ["start", "end"],
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
    },
    "excerpt": {"type": ["string", "null"]},
    "fix": {"type": ["object", "null"], "required": ["applicability", "description", "patch"]},
    "verdict": {"type": ["object", "null"]},
    "suppressed": {"type": "boolean"},
    "url": {"type": "string"},
}
KEYS = set(PROPERTIES)
FINDING = {
    "type": "object",
    "required": sorted(KEYS),
    "additionalProperties": False,
    "properties": PROPERTIES,
}
COUNTS = {"type": "object", "required": ["findings", "rows"], "additionalProperties": {"type": "integer", "minimum": 0}}
FILE_KEYS = ["path", "format", "rows", "rows_with_errors", "rows_with_warnings"]
REPORT = {
    "type": "object",
    "required": ["version", "schema_version", "files", "findings", "summary"],
    "properties": {
        "version": {"const": 1},
        "files": {"type": "array", "items": {"type": "object", "required": FILE_KEYS}},
        "findings": {"type": "array", "items": FINDING},
        "summary": {"type": "object", "additionalProperties": COUNTS},
    },
}

GOOD = chat(human("好吗"), gpt("好"))
BAD = row(human("北京天气？"), call("get_weather", city="北京", unit="摄氏"), observation("晴"), gpt("晴。"), id="r7")
SINGLE = ("--ignore", "ds")
"""Each row is judged by itself: tests that repeat a row are not about repeated rows."""


def write(tcdata: Tcdata, rows: list[Any], name: str = "rows.jsonl") -> None:
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows]
    (tcdata.folder / name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def report(tcdata: Tcdata, *options: str) -> Any:
    ran = tcdata.here("validate", "rows.jsonl", "--format", "json", *options)
    jsonschema.validate(ran.json, REPORT)
    return ran.json


def test_json_says_where_and_what(tcdata: Tcdata) -> None:
    write(tcdata, [GOOD, "", BAD])
    found = report(tcdata)
    (finding,) = found["findings"]
    assert set(finding) == KEYS
    assert (finding["name"], finding["file"], finding["row"], finding["line"]) == ("call.enum", "rows.jsonl", 1, 3)
    assert (finding["id"], finding["pointer"], finding["sub"]) == ("r7", "/conversations/1/value", "/arguments/unit")
    span = finding["span"]
    assert finding["excerpt"][span["start"] : span["end"]] == '"unit": "摄氏"'
    assert found["summary"] == {"call.enum": {"findings": 1, "rows": 1}}
    (file,) = found["files"]
    assert [file[key] for key in FILE_KEYS] == ["rows.jsonl", "sharegpt", 2, 1, 0]


@pytest.mark.parametrize("name", ["broken", "broken_openai", "sharegpt", "openai", "alpaca"])
def test_json_keeps_its_schema_for_every_sample(tcdata: Tcdata, samples: Path, name: str) -> None:
    (tcdata.folder / "rows.jsonl").write_bytes((samples / f"{name}.jsonl").read_bytes())
    found = report(tcdata)
    assert bool(found["findings"]) == name.startswith("broken")
    total = sum(count["findings"] for count in found["summary"].values())
    assert total == len(found["findings"])
    for finding in found["findings"]:
        assert finding["row"] is None or finding["line"] == finding["row"] + 1


def test_the_broken_sample_shows_the_defects_that_it_names(tcdata: Tcdata, samples: Path) -> None:
    """Every row says by `defect` which rule it breaks."""
    text = (samples / "broken.jsonl").read_text(encoding="utf-8", errors="replace")
    (tcdata.folder / "rows.jsonl").write_bytes((samples / "broken.jsonl").read_bytes())
    named = {
        number: label[1]
        for number, line in enumerate(text.split("\n"))
        if (label := re.search(r'"defect": "([a-z_.]+)"', line))
    }
    known = {rule["name"] for rule in tcdata.here("rules", "--format", "json").json}
    found = {(finding["row"], finding["name"]) for finding in report(tcdata)["findings"]}
    wanted = {(number, defect) for number, defect in named.items() if defect in known}
    assert len(wanted) > 20
    assert wanted <= found


def test_a_fix_is_a_patch_that_really_mends(tcdata: Tcdata) -> None:
    odd = chat(human("?"), gpt("!"), human("还有"))
    write(tcdata, [odd, GOOD])
    (finding,) = report(tcdata)["findings"]
    assert (finding["name"], finding["fix"]["applicability"]) == ("conv.odd_count", "safe")
    mended: dict[str, Any] = dict(odd)
    for step in finding["fix"]["patch"]:
        assert step["op"] == "add"
        mended[step["path"].removeprefix("/")] = step["value"]
    write(tcdata, [mended, GOOD])
    assert report(tcdata)["findings"] == []


def test_jsonl_has_a_header_findings_and_a_summary(tcdata: Tcdata) -> None:
    write(tcdata, [GOOD, BAD, BAD])
    ran = tcdata.here("validate", "rows.jsonl", "--format", "jsonl", *SINGLE)
    lines = [json.loads(line) for line in ran.lines]
    assert [line.pop("type") for line in lines] == ["header", "finding", "finding", "summary"]
    assert lines[1:3] == report(tcdata, *SINGLE)["findings"]
    assert lines[3]["summary"] == report(tcdata, *SINGLE)["summary"]


def test_an_empty_result_is_a_whole_document(tcdata: Tcdata) -> None:
    write(tcdata, [GOOD])
    found = report(tcdata)
    assert (found["findings"], found["summary"]) == ([], {})
    assert len(tcdata.here("validate", "rows.jsonl", "--format", "jsonl").lines) == 2
    assert tcdata.here("validate", "rows.jsonl", "--format", "concise").out == ""


def test_concise_is_one_line_a_finding(tcdata: Tcdata) -> None:
    write(tcdata, [GOOD, BAD])
    (line,) = tcdata.here("validate", "rows.jsonl").lines
    assert re.match(r"rows\.jsonl:2:/conversations/1/value/arguments/unit: TC\d{3} call\.enum \S", line)


def test_concise_counts_rows_where_there_are_no_lines(tcdata: Tcdata) -> None:
    import polars as pl

    rows = [{key: BAD[key] for key in ("conversations", "system", "tools")}]
    pl.DataFrame(rows).write_parquet(tcdata.folder / "rows.parquet")
    (line,) = tcdata.here("validate", "rows.parquet").lines
    assert line.startswith("rows.parquet:#0:/conversations/1/value")


def test_text_shows_the_place_the_piece_and_what_to_do(tcdata: Tcdata) -> None:
    write(tcdata, [GOOD, BAD])
    text = tcdata.here("validate", "rows.jsonl", "--format", "text").out
    head, place, *rest = text.splitlines()
    assert re.fullmatch(r"error\[TC\d{3}\] call\.enum: .+", head)
    assert "--> rows.jsonl:2  (id r7)  /conversations/1/value → arguments.unit" in place
    shown = next(line for line in rest if "摄氏" in line)
    carets = next(line for line in rest if "^" in line)
    assert any(line.startswith(" help: ") for line in rest)
    from toolcall_data.cli.terminal import cells

    start = shown.index('"unit"')
    assert carets.index("^") == cells(shown[:start]), "the carets stand under what they mark"


def test_alike_findings_collapse_after_three(tcdata: Tcdata) -> None:
    write(tcdata, [BAD] * 10)
    text = tcdata.here("validate", "rows.jsonl", "--format", "text", *SINGLE).out
    assert text.count("error[") == 3
    assert "7 more call.enum in rows.jsonl (--show-all)" in text
    whole = tcdata.here("validate", "rows.jsonl", "--format", "text", "--show-all", *SINGLE).out
    assert whole.count("error[") == 10
    assert len(report(tcdata, *SINGLE)["findings"]) == 10


def test_statistics_count_and_list_nothing(tcdata: Tcdata) -> None:
    write(tcdata, [BAD] * 4)
    for form in ("text", "concise"):
        (line,) = tcdata.here("validate", "rows.jsonl", "--statistics", "--format", form, *SINGLE).lines
        assert line.split()[:3] == ["4", "4", "rows"]
        assert line.endswith("call.enum")
    found = report(tcdata, "--statistics", *SINGLE)
    assert (found["findings"], found["summary"]["call.enum"]["findings"]) == ([], 4)


def test_select_and_ignore_take_codes_names_prefixes_and_globs(tcdata: Tcdata, samples: Path) -> None:
    (tcdata.folder / "rows.jsonl").write_bytes((samples / "broken.jsonl").read_bytes())

    def names(*options: str) -> set[str]:
        return set(report(tcdata, *options)["summary"])

    everything = {name for name in names() if not name.startswith("target.")}
    calls = {name for name in everything if name.startswith("call.")}
    assert calls
    assert names("--select", "call") == names("--select", "call.*") == names("--select", "TC4") == calls
    assert names("--select", "TC403,call.enum") <= {"call.args_not_object", "call.enum"}
    assert names("--ignore", "call,target") == everything - calls
    assert names("--select", "call", "--ignore", "call.keys") == calls - {"call.keys"}


def test_max_errors_stops_early_and_says_so(tcdata: Tcdata) -> None:
    write(tcdata, [BAD] * 50)
    ran = tcdata.here("validate", "rows.jsonl", "--max-errors", "5", *SINGLE)
    assert (ran.code, len(ran.lines)) == (1, 5)
    assert "stopped after 5 errors" in ran.err
    assert len(report(tcdata, "--max-errors", "5", *SINGLE)["findings"]) == 5


def test_lines_that_are_no_json_leave_the_rest_judged(tcdata: Tcdata) -> None:
    write(tcdata, [BAD, "{broken", BAD])
    places = [(finding["name"], finding["line"]) for finding in report(tcdata, *SINGLE)["findings"]]
    assert places == [("call.enum", 1), ("file.json_lines", 2), ("call.enum", 3)]


HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\r\u202eevil\u2028\x00"


def test_control_characters_of_rows_never_reach_the_terminal(tcdata: Tcdata) -> None:
    hostile = [
        row(human("?"), call(HOSTILE, **{HOSTILE: HOSTILE}), observation(HOSTILE), gpt(HOSTILE), id=HOSTILE),
        row(human("?"), call("get_weather", city="北京", unit=HOSTILE), observation("晴"), gpt("晴"), id=HOSTILE),
        {HOSTILE: HOSTILE, "conversations": HOSTILE},
        {"conversations": [{"from": HOSTILE, "value": HOSTILE}, {HOSTILE: 1}], "tools": HOSTILE},
        f'{{"{HOSTILE}',
    ]
    write(tcdata, hostile)
    for form in ("text", "concise"):
        ran = tcdata.here("validate", "rows.jsonl", "--format", form, "--show-all")
        assert ran.code == 1
        assert len(ran.out) > 500
        for character in HOSTILE.replace("[2J", "").replace("]0;title", "").replace("31m", "").replace("evil", ""):
            assert character not in ran.out, (form, character)
    report(tcdata)


def test_findings_do_not_hide_an_early_end_of_the_command(tcdata: Tcdata) -> None:
    write(tcdata, [BAD])
    ran = tcdata.here("validate", "rows.jsonl", "gone.jsonl")
    assert ran.code == 4
    assert "gone.jsonl" in ran.err


@pytest.mark.parametrize(
    ("file", "rows", "wanted"),
    [
        ("glaive_toolcall_zh_demo.json", 300, {"call.enum", "call.missing_required"}),
        ("alpaca_zh_demo.json", 1000, set()),
        ("oaast_sft_zh.json", 689, set()),
    ],
)
def test_published_rows_show_their_wrong_calls(
    tcdata: Tcdata, real_data: Path, file: str, rows: int, wanted: set[str]
) -> None:
    ran = tcdata.here("validate", real_data / file, "--format", "json")
    jsonschema.validate(ran.json, REPORT)
    assert ran.json["files"][0]["rows"] == rows
    assert wanted <= set(ran.json["summary"])
    with_errors = {finding["row"] for finding in ran.json["findings"] if finding["severity"] == "error"}
    about_tools = {finding["row"] for finding in ran.json["findings"] if finding["name"] == "tool.empty_list"}
    assert len(with_errors - about_tools) < rows / 3


def test_a_file_is_judged_once_for_each_entry_that_registers_it(tcdata: Tcdata) -> None:
    write(tcdata, [chat(human("?"), gpt("!"))])
    whole = {"messages": "conversations", "tools": "tools", "system": "system"}
    info = {
        "half": {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": whole, "tags": {"role_tag": "from"}},
        "good": {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": whole},
    }
    (tcdata.folder / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")
    found = tcdata.here("validate", "dataset_info.json", "--format", "json").json
    assert [file["rows_with_errors"] for file in found["files"]] == [1, 0]
    assert any("leaves out" in finding["message"] for finding in found["findings"])
    assert len(tcdata.here("validate", "rows.jsonl", "rows.jsonl", "--format", "json").json["files"]) == 1
