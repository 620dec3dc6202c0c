"""Every shape of report, for nothing, for one row, for thousands, and for rows that try to break out of it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from sarif_pydantic import Sarif

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.report.output import outputs

if TYPE_CHECKING:
    from tests.conftest import Tcdata

FINE = chat(human("你好"), gpt("你好！"))
HOSTILE = "x\x1b[31m\n::error::注入%0A|<script>alert(1)</script>]]>&\u202e`"
MANY = 6000
ONLY = ("--select", "call.enum,call.numeric_string")
NOT_MODELLED = {"columnKind", "toolExecutionNotifications"}
"""Keys of the standard (3.14.17, 3.20.21) that the models of `sarif_pydantic` lack."""


def wrong(number: int, unit: str = "摄氏度") -> dict[str, Any]:
    question = human(f"北京天气？（第 {number} 次）")
    return row(question, call("get_weather", city="北京", unit=unit), observation({"text": "晴"}), gpt("晴。"))


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("inputs")
    return {
        "nothing": write(folder / "好.jsonl", [FINE]),
        "one": write(folder / "错.jsonl", [FINE, wrong(1)]),
        "hostile": write(folder / "坏.jsonl", [wrong(1, HOSTILE), wrong(2, HOSTILE)]),
        "many": write(folder / "many.jsonl", [wrong(number) for number in range(MANY)]),
    }


def report(tcdata: Tcdata, path: Path, name: str, *more: str) -> str:
    """The report on what two rules find: its shape is asked about here, not what else could be found."""
    out = tcdata.folder / f"report.{name}"
    ran = tcdata.here("validate", path, "--format", name, "-o", out, *ONLY, *more)
    assert ran.code in (0, 1), ran.err
    assert ran.out == ""
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(outputs()))
@pytest.mark.parametrize("case", ["nothing", "one", "hostile"])
def test_every_report_is_written_whole_and_has_no_control_characters(
    tcdata: Tcdata, inputs: dict[str, Path], name: str, case: str
) -> None:
    text = report(tcdata, inputs[case], name)
    assert text == "" or text.endswith("\n")
    assert "\x1b" not in text
    if case != "nothing" and name not in ("text", "concise"):
        assert "call.enum" in text or "TC414" in text
    assert [path.name for path in tcdata.folder.iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize("case", ["nothing", "one", "hostile", "many"])
def test_sarif_has_only_what_the_standard_names(tcdata: Tcdata, inputs: dict[str, Path], case: str) -> None:
    text = report(tcdata, inputs[case], "sarif")
    found = Sarif.model_validate_json(text)
    assert set(extras(found)) <= NOT_MODELLED
    run = json.loads(text)["runs"][0]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    counts = {"nothing": 0, "one": 1, "hostile": 2, "many": 5000}
    assert len(run["results"]) == counts[case]
    assert [note["message"]["text"] for note in notes] == (
        ["1,000 findings are left out: a run holds 5,000, the worst are kept"] if case == "many" else []
    )
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    fingerprints = [result["partialFingerprints"]["tcdataRowKey/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)


def extras(value: object) -> Iterator[str]:
    """Keys that no model of the standard names, outside of property bags."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        for name in type(value).model_fields:
            yield from extras(getattr(value, name)) if name != "properties" else ()
    elif isinstance(value, list):
        for item in value:
            yield from extras(item)


def test_sarif_alerts_keep_their_identity_when_rows_move(tcdata: Tcdata) -> None:
    def fingerprints(rows: list[dict[str, Any]]) -> set[str]:
        path = write(tcdata.folder / "rows.jsonl", rows)
        results = json.loads(report(tcdata, path, "sarif"))["runs"][0]["results"]
        return {result["partialFingerprints"]["tcdataRowKey/v1"] for result in results}

    first = fingerprints([wrong(1), wrong(2)])
    assert len(first) == 2
    assert fingerprints([FINE, wrong(2), wrong(1)]) == first


def test_a_sarif_fix_writes_the_line_that_the_fix_gives(tcdata: Tcdata) -> None:
    call_turn = call("get_weather", city="北京", days="3")
    path = write(
        tcdata.folder / "rows.jsonl", [row(human("北京 3 天的天气？"), call_turn, observation({"a": 1}), gpt("晴。"))]
    )
    [result] = json.loads(report(tcdata, path, "sarif"))["runs"][0]["results"]
    [replacement] = result["fixes"][0]["artifactChanges"][0]["replacements"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    region = replacement["deletedRegion"]
    lines[region["startLine"] - 1 : region["endLine"] - 1] = [replacement["insertedContent"]["text"]]
    path.write_text("".join(lines), encoding="utf-8")
    assert tcdata.here("validate", path, "--fail-on", "warning").code == 0


@pytest.mark.parametrize("case", ["nothing", "one", "hostile", "many"])
def test_junit_is_xml_whose_counts_are_true(tcdata: Tcdata, inputs: dict[str, Path], case: str) -> None:
    root = ElementTree.fromstring(report(tcdata, inputs[case], "junit"))
    cases = root.findall("./testsuite/testcase")
    failed = [each for each in cases if each.find("failure") is not None]
    assert int(root.attrib["tests"]) == len(cases) == 1
    assert int(root.attrib["failures"]) == len(failed) == (case != "nothing")
    if failed:
        assert failed[0].attrib["name"] == "TC414 call.enum"
    if case == "many":
        assert f"… {MANY - 20}" in (failed[0].findtext("failure") or "")


def test_github_commands_cannot_be_injected(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    lines = report(tcdata, inputs["hostile"], "github").splitlines()
    assert len(lines) == 3
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::notice"]
    assert all("::error::注入" not in line.split("::", 2)[1] for line in lines)


def test_github_shows_the_worst_first_and_says_the_totals(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    lines = report(tcdata, inputs["many"], "github").splitlines()
    assert len(lines) == 51
    assert lines[-1].endswith(f"{MANY:,} errors · 0 warnings · {MANY:,} rows")


@pytest.mark.parametrize(("case", "count"), [("nothing", 0), ("one", 1), ("many", MANY)])
def test_gitlab_is_an_array_of_issues(tcdata: Tcdata, inputs: dict[str, Path], case: str, count: int) -> None:
    issues = json.loads(report(tcdata, inputs[case], "gitlab"))
    assert len(issues) == count
    assert len({issue["fingerprint"] for issue in issues}) == count
    assert {issue["severity"] for issue in issues} <= {"major"}


def test_markdown_stays_small_and_its_cells_stay_cells(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    assert len(report(tcdata, inputs["many"], "markdown").encode()) < 62_000
    hostile = report(tcdata, inputs["hostile"], "markdown")
    assert "<script>" not in hostile
    rows = [line for line in hostile.splitlines() if line.startswith("| `")]
    assert rows
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)


@pytest.mark.parametrize("case", ["nothing", "one", "hostile", "many"])
def test_html_is_one_page_that_loads_nothing(tcdata: Tcdata, inputs: dict[str, Path], case: str) -> None:
    text = report(tcdata, inputs[case], "html")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert page.links == []
    assert "script" not in page.seen


class _Page(HTMLParser):
    """Which elements are seen, left open, or point outside of the page."""

    EMPTY = ("meta", "br", "!doctype")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") and value and value[0] != "#"]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_reports_speak_chinese(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    ran = tcdata.here("validate", inputs["one"], "--format", "text", "--lang", "zh")
    assert "错误[TC414]" in ran.out
    assert "1 个错误 · 0 个警告 · 2 行" in ran.err
    assert '<html lang="zh">' in report(tcdata, inputs["one"], "html", "--lang", "zh")


def test_several_reports_of_one_run(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    ran = tcdata.here(
        "validate", inputs["one"], "--format", "json", "--report", "junit=a.xml", "--report", "html=a.html"
    )
    assert ran.code == 1
    assert len(ran.json["findings"]) == 1
    assert ElementTree.parse(tcdata.folder / "a.xml").getroot().attrib["failures"] == "1"
    assert (tcdata.folder / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--format", "sarrif"], "no report named `sarrif`", "did you mean `sarif`?"),
        (["--report", "html"], "--report takes NAME=FILE, not `html`", "--report html=report.html"),
        (["--report", "hmtl=a"], "no report named `hmtl`", "did you mean `html`?"),
    ],
)
def test_a_wrong_report_is_one_clear_error(
    tcdata: Tcdata, inputs: dict[str, Path], arguments: list[str], message: str, hint: str
) -> None:
    ran = tcdata.here("validate", inputs["one"], *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert hint in ran.err


def test_a_report_that_cannot_be_written_is_an_error(tcdata: Tcdata, inputs: dict[str, Path]) -> None:
    ran = tcdata.here("validate", inputs["one"], "--report", "html=no/such/folder/a.html")
    assert ran.code == 4
    assert "cannot write no/such/folder/a.html" in ran.err


def test_warnings_beyond_a_number_fail(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "rows.jsonl", [chat(human("你好 "), gpt("你好！"))])
    assert tcdata.here("validate", path).code == 0
    assert tcdata.here("validate", path, "--max-warnings", "0").code == 1
    assert tcdata.here("validate", path, "--max-warnings", "1").code == 0
