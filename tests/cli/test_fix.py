"""`tcdata fix` and `tcdata validate --fix`: the real command on real files, byte by byte."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from toolcall_data.conversation.build import call, call_text, chat, gpt, human, observation, row
from toolcall_data.conversation.json_changes import Change, applied
from toolcall_data.formats.base import formats

if TYPE_CHECKING:
    from tests.conftest import Ran, Tcdata

FINE = row(human("上海天气？"), call("get_weather", city="上海"), observation({"text": "雨"}), gpt("上海有雨。"))
QUOTES = call_text("{'name': 'get_weather', 'arguments': {'city': '北京'}}")
BROKEN = row(human("北京天气？"), QUOTES, observation({"text": "晴"}), gpt("北京晴。"), id="甲")
MENDED = {**BROKEN, "conversations": [*BROKEN["conversations"]]}
MENDED["conversations"][1] = call("get_weather", city="北京")
TWICE = chat(human("你好"), human("在吗？"), gpt("在。"))


def line(value: Any, **style: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **style).encode()


def counts(ran: Ran) -> list[int]:
    """Read, untouched, fixed and unreadable, from the closing line."""
    found = [int(number) for number in re.findall(r"(\d+) ", ran.err.splitlines()[-1])]
    assert found[0] == sum(found[1:])
    return found


LAYOUTS: dict[str, Callable[[Any, Any], bytes]] = {
    "lines": lambda a, b: line(a) + b"\n" + line(b) + b"\n",
    "crlf, blank lines, no end": lambda a, b: b"\r\n" + line(a) + b"\r\n\r\n  " + line(b, separators=(",", ":")),
    "byte order mark": lambda a, b: b"\xef\xbb\xbf" + line(a) + b"\n" + line(b) + b"\n",
    "a line that is none": lambda a, b: b'{"x": \n' + line(a) + b"\n[1]\n" + b'{"\xff"}\n' + line(b) + b"\n",
    "array on a line": lambda a, b: b"[" + line(a) + b",  " + line(b) + b"]",
    "pretty array": lambda a, b: line([a, b], indent=2) + b"\n",
    "pretty array, tabs, crlf": lambda a, b: line([a, b], indent="\t").replace(b"\n", b"\r\n"),
    "objects one after another": lambda a, b: line(a, indent=4) + b"\n\n" + line(b, indent=4),
    "escaped": lambda a, b: json.dumps([a, b]).encode(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_the_bytes_of_the_fix_change(tcdata: Tcdata, layout: str) -> None:
    make = LAYOUTS[layout]
    (tcdata.folder / "in.json").write_bytes(make(FINE, BROKEN))
    ran = tcdata.here("fix", "in.json", "-o", "out.json")
    assert (ran.code, ran.out) == (0, "")
    assert (tcdata.folder / "out.json").read_bytes() == make(FINE, MENDED)
    assert counts(ran)[2] == 1
    assert (tcdata.folder / "in.json").read_bytes() == make(FINE, BROKEN)


def test_from_another_folder_through_the_real_command(tcdata: Tcdata) -> None:
    (tcdata.folder / "数据").mkdir()
    (tcdata.folder / "数据" / "一.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    ran = tcdata("fix", "数据/一.jsonl", "-o", "新/二.jsonl", "--show-fixes", "--lang", "zh")
    assert ran.code == 0, ran.err
    assert (tcdata.folder / "新" / "二.jsonl").read_bytes() == LAYOUTS["lines"](FINE, MENDED)
    assert "一.jsonl:2  (id 甲)  call.not_json /conversations/1/value" in ran.err
    assert "读取 2 行 = 未改动 1 + 已修复 1 + 无法读取 0" in ran.err


def test_standard_input_to_standard_output(tcdata: Tcdata) -> None:
    ran = tcdata("fix", "-", stdin=LAYOUTS["pretty array"](BROKEN, FINE))
    assert (ran.code, ran.out.encode()) == (0, LAYOUTS["pretty array"](MENDED, FINE))
    assert tcdata("fix", "-", "--in-place", stdin=b"").code == 2


def test_in_place_keeps_the_old_file_and_its_mode(tcdata: Tcdata) -> None:
    path, kept = tcdata.folder / "a.jsonl", tcdata.folder / "a.jsonl.bak"
    old, new = LAYOUTS["lines"](FINE, BROKEN), LAYOUTS["lines"](FINE, MENDED)
    path.write_bytes(old)
    path.chmod(0o640)
    assert tcdata.here("fix", "a.jsonl", "--in-place").code == 0
    assert (path.read_bytes(), kept.read_bytes(), path.stat().st_mode & 0o777) == (new, old, 0o640)
    assert tcdata.here("fix", "a.jsonl", "--in-place").code == 0
    path.write_bytes(old)
    refused = tcdata.here("fix", "a.jsonl", "--in-place")
    assert (refused.code, path.read_bytes()) == (2, old)
    assert "--no-backup" in refused.err
    assert tcdata.here("fix", "a.jsonl", "--in-place", "--no-backup").code == 0
    assert (path.read_bytes(), sorted(p.name for p in tcdata.folder.iterdir())) == (new, ["a.jsonl", "a.jsonl.bak"])


def test_a_file_without_faults_is_not_replaced(tcdata: Tcdata) -> None:
    path = tcdata.folder / "a.jsonl"
    path.write_bytes(LAYOUTS["lines"](FINE, FINE))
    before = path.stat()
    assert tcdata.here("fix", "a.jsonl", "--in-place").code == 0
    assert (path.stat().st_ino, [p.name for p in tcdata.folder.iterdir()]) == (before.st_ino, ["a.jsonl"])


def test_a_link_stays_a_link(tcdata: Tcdata) -> None:
    (tcdata.folder / "real.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    (tcdata.folder / "link.jsonl").symlink_to("real.jsonl")
    assert tcdata.here("fix", "link.jsonl", "--in-place").code == 0
    assert (tcdata.folder / "link.jsonl").is_symlink()
    assert (tcdata.folder / "real.jsonl").read_bytes() == LAYOUTS["lines"](FINE, MENDED)


@pytest.mark.parametrize("way", [["-o", "out.jsonl.gz"], ["--in-place"]])
def test_packed_files_stay_packed(tcdata: Tcdata, way: list[str]) -> None:
    old, new = LAYOUTS["lines"](FINE, BROKEN), LAYOUTS["lines"](FINE, MENDED)
    (tcdata.folder / "in.jsonl.gz").write_bytes(gzip.compress(old))
    assert tcdata.here("fix", "in.jsonl.gz", *way).code == 0
    name = way[-1] if "-o" in way else "in.jsonl.gz"
    assert gzip.decompress((tcdata.folder / name).read_bytes()) == new
    (tcdata.folder / "in.zst").write_bytes(zstandard.ZstdCompressor().compress(old))
    assert tcdata.here("fix", "in.zst", "--in-place").code == 0
    found = zstandard.ZstdDecompressor().decompressobj().decompress((tcdata.folder / "in.zst").read_bytes())
    assert found == new


def test_parquet_becomes_json_lines(tcdata: Tcdata) -> None:
    import polars as pl

    pl.DataFrame([FINE, {key: BROKEN[key] for key in FINE}]).write_parquet(tcdata.folder / "in.parquet")
    assert tcdata.here("fix", "in.parquet", "--in-place").code == 2
    assert tcdata.here("fix", "in.parquet", "-o", "out.parquet").code == 2
    assert tcdata.here("fix", "in.parquet", "-o", "out.jsonl").code == 0
    found = [json.loads(text) for text in (tcdata.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert found == [FINE, {key: MENDED[key] for key in FINE}]


def test_nothing_is_overwritten_by_accident(tcdata: Tcdata) -> None:
    old = LAYOUTS["lines"](FINE, BROKEN)
    for name in ("a.jsonl", "out.jsonl", "log.jsonl"):
        (tcdata.folder / name).write_bytes(old)
    for wrong in (
        ["a.jsonl"],
        ["a.jsonl", "-o", "out.jsonl"],
        ["a.jsonl", "-o", "a.jsonl", "--force"],
        ["a.jsonl", "--in-place", "--diff"],
        ["a.jsonl", "--check", "--patch-log", "log.jsonl"],
        ["a.jsonl", "--check", "--patch-log", "a.jsonl", "--force"],
        ["a.jsonl", "out.jsonl", "-o", "log.jsonl"],
        ["a.jsonl", "out.jsonl", "-o", "-"],
    ):
        ran = tcdata.here("fix", *wrong)
        assert (ran.code, ran.out) == (2, ""), wrong
        assert "help:" in ran.err or "cannot" in ran.err or "exclude" in ran.err
    assert {path.name: path.read_bytes() for path in tcdata.folder.iterdir()} == dict.fromkeys(
        ("a.jsonl", "out.jsonl", "log.jsonl"), old
    )
    assert tcdata.here("fix", "a.jsonl", "-o", "out.jsonl", "--force").code == 0


def test_several_files_go_into_a_folder(tcdata: Tcdata) -> None:
    for name in ("a.jsonl", "b.json"):
        (tcdata.folder / name).write_bytes(LAYOUTS["array on a line"](BROKEN, FINE))
    ran = tcdata.here("fix", ".", "-o", "out")
    assert counts(ran) == [4, 2, 2, 0]
    for name in ("a.jsonl", "b.json"):
        assert (tcdata.folder / "out" / name).read_bytes() == LAYOUTS["array on a line"](MENDED, FINE)


def test_files_of_a_dataset_info(tcdata: Tcdata) -> None:
    renamed = {"turns": BROKEN["conversations"], "tools": BROKEN["tools"]}
    (tcdata.folder / "mine.jsonl").write_bytes(line(renamed))
    columns = {"messages": "turns", "tools": "tools"}
    info = {"mine": {"file_name": "mine.jsonl", "formatting": "sharegpt", "columns": columns}}
    (tcdata.folder / "dataset_info.json").write_bytes(line(info))
    assert tcdata.here("fix", "dataset_info.json", "--in-place").code == 0
    found = json.loads((tcdata.folder / "mine.jsonl").read_bytes())
    assert found == {**renamed, "turns": MENDED["conversations"]}


def test_a_diff_is_stable_and_writes_nothing(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    ran = tcdata.here("fix", "a.jsonl", "--diff")
    assert ran.code == 1
    assert ran.lines == [
        "--- a.jsonl:2 (id 甲)",
        "+++ a.jsonl:2 (id 甲)  call.not_json",
        "@@ -6,7 +6,12 @@",
        "     },",
        "     {",
        '       "from": "function_call",',
        """-      "value": "{'name': 'get_weather', 'arguments': {'city': '北京'}}\"""",
        '+      "value": "{',
        '+        "name": "get_weather",',
        '+        "arguments": {',
        '+          "city": "北京"',
        "+        }",
        '+      }"',
        "     },",
        "     {",
        '       "from": "observation",',
    ]
    assert tcdata.here("fix", "a.jsonl", "--diff").out == ran.out
    assert "\x1b[32m" in tcdata.here("fix", "a.jsonl", "--diff", "--color", "always").out
    assert [path.name for path in tcdata.folder.iterdir()] == ["a.jsonl"]


def test_check_and_dry_run_count_and_write_nothing(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    for way, code in (("--check", 1), ("--dry-run", 0)):
        ran = tcdata.here("fix", "a.jsonl", way)
        assert (ran.code, ran.out, counts(ran)) == (code, "", [2, 1, 1, 0])
    (tcdata.folder / "a.jsonl").write_bytes(LAYOUTS["lines"](FINE, MENDED))
    assert [tcdata.here("fix", "a.jsonl", way).code for way in ("--check", "--diff")] == [0, 0]
    assert [path.name for path in tcdata.folder.iterdir()] == ["a.jsonl"]


def test_unsafe_fixes_are_made_when_asked_for(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(line(TWICE))
    ran = tcdata.here("fix", "a.jsonl", "--check")
    assert (ran.code, "1 have an unsafe fix (--unsafe)" in ran.err) == (0, True)
    assert tcdata.here("fix", "a.jsonl", "--in-place", "--unsafe").code == 0
    assert json.loads((tcdata.folder / "a.jsonl").read_bytes())["conversations"][0] == human("你好\n在吗？")


def test_rules_are_chosen_by_options_and_settings(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    assert tcdata.here("fix", "a.jsonl", "--check", "--ignore", "call.not_json").code == 0
    assert tcdata.here("fix", "a.jsonl", "--check", "--select", "conv").code == 0
    assert tcdata.here("fix", "a.jsonl", "--check", "--select", "TC401").code == 1
    (tcdata.folder / "tcdata.toml").write_text('[per-path."a.jsonl"]\nignore = ["call.not_json"]\n', encoding="utf-8")
    assert tcdata.here("fix", "a.jsonl", "--check").code == 0
    assert tcdata.here("fix", "a.jsonl", "--check", "--no-config").code == 1


@pytest.mark.parametrize("unsafe", [[], ["--unsafe"]])
def test_the_patch_log_turns_the_input_into_the_output(tcdata: Tcdata, samples: Path, unsafe: list[str]) -> None:
    source = samples / "broken.jsonl"
    ran = tcdata.here("fix", source, "-o", "out.jsonl", "--patch-log", "log.jsonl", *unsafe)
    assert ran.code == 0
    rows = source.read_bytes().split(b"\n")
    values: dict[int, Any] = {}
    log = [json.loads(text) for text in (tcdata.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(log) > 15
    for entry in log:
        before = values.get(entry["line"]) or json.loads(rows[entry["line"] - 1])
        change = Change(entry["op"], entry["address"], entry["before"], entry["after"])
        values[entry["line"]] = applied(before, change)
        assert entry["applicability"] == "safe" or unsafe
        assert (entry["file"], entry["row"]) == (str(source), entry["line"] - 1)
    written = (tcdata.folder / "out.jsonl").read_bytes().split(b"\n")
    for number, (old, new) in enumerate(zip(rows, written, strict=True), 1):
        if number in values:
            assert json.loads(new) == values[number]
        else:
            assert new == old
    again = tcdata.here("fix", "out.jsonl", "--check", *unsafe)
    assert again.code == 0


def test_formats_that_are_only_read_are_refused_by_name(tcdata: Tcdata) -> None:
    only_read = [name for name, form in formats().items() if not form.is_writable]
    assert only_read
    for name in only_read:
        (tcdata.folder / "a.jsonl").write_bytes(line(formats()[name].example))
        ran = tcdata.here("fix", "a.jsonl", "-o", "out.jsonl", "--from", name)
        assert ran.code == 2
        assert f"`{name}` are only read" in ran.err
        assert "tcdata convert a.jsonl" in ran.err
        assert not (tcdata.folder / "out.jsonl").exists()


def test_openai_rows_are_fixed_in_their_own_shape(tcdata: Tcdata) -> None:
    function = {"arguments": "{'city': '北京',}", "name": "get_weather"}
    asked = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }
    told = {"role": "tool", "tool_call_id": "c", "content": '{"text":"晴"}'}
    messages = [{"role": "user", "content": "北京天气？"}, asked, told, {"content": "北京晴。", "role": "assistant"}]
    tools = [{"type": "function", "function": json.loads(FINE["tools"])[0]}]
    own = {"tools": tools, "messages": messages, "parallel": False}
    (tcdata.folder / "a.jsonl").write_bytes(line(own))
    assert tcdata.here("fix", "a.jsonl", "-o", "b.jsonl").code == 0
    function["arguments"] = '{"city": "北京"}'
    assert (tcdata.folder / "b.jsonl").read_bytes() == line(own)


def test_no_rows_and_no_file(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(b"\n")
    assert tcdata.here("fix", "a.jsonl", "--check").code == 5
    assert tcdata.here("fix", "a.jsonl", "--check", "--allow-empty").code == 0
    assert tcdata.here("fix", "b.jsonl", "--check").code == 4


def test_where_nothing_can_be_written_nothing_is_lost(tcdata: Tcdata) -> None:
    old = LAYOUTS["lines"](FINE, BROKEN)
    (tcdata.folder / "a.jsonl").write_bytes(old)
    (tcdata.folder / "file").write_bytes(b"")
    ran = tcdata.here("fix", "a.jsonl", "-o", "file/out.jsonl")
    assert (ran.code, "Traceback" in ran.err) == (4, False)
    assert (tcdata.folder / "a.jsonl").read_bytes() == old


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written(tcdata: Tcdata) -> None:
    folder = tcdata.folder / "locked"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(LAYOUTS["lines"](FINE, BROKEN))
    folder.chmod(0o500)
    try:
        ran = tcdata.here("fix", "locked/a.jsonl", "--in-place")
    finally:
        folder.chmod(0o700)
    assert ran.code == 4
    assert (folder / "a.jsonl").read_bytes() == LAYOUTS["lines"](FINE, BROKEN)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a child there")
def test_an_interrupt_leaves_the_input_and_nothing_else(tcdata: Tcdata) -> None:
    old = LAYOUTS["lines"](FINE, BROKEN) * 20_000
    (tcdata.folder / "a.jsonl").write_bytes(old)
    command = [sys.executable, "-m", "toolcall_data", "fix", "a.jsonl", "--in-place", "--patch-log", "log.jsonl"]
    with subprocess.Popen(command, cwd=tcdata.folder, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 20
        while not list(tcdata.folder.glob(".a.jsonl*.tmp")) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert list(tcdata.folder.glob(".a.jsonl*.tmp"))
        running.send_signal(signal.SIGINT)
        running.wait(20)
    assert running.returncode == 130
    assert [path.name for path in tcdata.folder.iterdir()] == ["a.jsonl"]
    assert (tcdata.folder / "a.jsonl").read_bytes() == old


def test_validate_fixes_and_reports_what_is_left(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(line(TWICE) + b"\n" + line(BROKEN) + b"\n")
    ran = tcdata.here("validate", "a.jsonl", "--fix", "--fixed", "b.jsonl", "--format", "json")
    assert ran.code == 1
    assert [finding["name"] for finding in ran.json["findings"]] == ["conv.alternation"]
    fixed = {"applicability": "safe", "rows": 1, "changes": 1}
    assert ran.json["fixed"] == {"rows": 1, "files": ["b.jsonl"], "by_rule": {"call.not_json": fixed}}
    assert (tcdata.folder / "b.jsonl").read_bytes() == line(TWICE) + b"\n" + line(MENDED) + b"\n"
    ran = tcdata.here("validate", "a.jsonl", "--fix", "--unsafe", "--in-place", "--patch-log", "log.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert (tcdata.folder / "log.jsonl").is_file()
    assert tcdata.here("validate", "a.jsonl").code == 0
    assert "fixed" not in tcdata.here("validate", "a.jsonl", "--format", "json").json


def test_validate_shows_a_diff_alone_on_stdout(tcdata: Tcdata) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(line(BROKEN))
    ran = tcdata.here("validate", "a.jsonl", "--fix", "--diff")
    assert (ran.code, ran.out) == (1, tcdata.here("fix", "a.jsonl", "--diff").out)
    assert [path.name for path in tcdata.folder.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--unsafe"],
        ["--fix"],
        ["--fix", "--diff", "--in-place"],
        ["--fix", "--diff", "--format", "json"],
        ["--fix", "--fixed", "-"],
        ["--fix", "--diff", "-o", "report.txt"],
    ],
)
def test_validate_refuses_what_does_not_go_together(tcdata: Tcdata, wrong: list[str]) -> None:
    (tcdata.folder / "a.jsonl").write_bytes(line(BROKEN))
    ran = tcdata.here("validate", "a.jsonl", *wrong)
    assert (ran.code, ran.out) == (2, "")
    assert (tcdata.folder / "a.jsonl").read_bytes() == line(BROKEN)
