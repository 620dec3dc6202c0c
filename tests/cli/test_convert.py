"""`tcdata convert` and `tcdata formats`: files in another format, every row and every loss accounted for."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from toolcall_data.conversation.model import Origin
from toolcall_data.formats.base import formats
from toolcall_data.sources.reader import open_file

if TYPE_CHECKING:
    from tests.conftest import Ran, Tcdata

DATA = Path(__file__).parents[2].parent / "shared" / "data"
OPENAI: dict[str, Any] = formats()["openai"].example
SHAREGPT: dict[str, Any] = formats()["sharegpt"].example
GREETED = {"messages": [{"role": "assistant", "content": "你好"}, *OPENAI["messages"]], "tools": OPENAI["tools"]}
BROKEN = {"messages": [{"role": "user", "content": "x"}, {"role": "narrator", "content": "y"}]}
AS_TEXT = {
    "id": "文",
    "messages": [
        {"role": "user", "content": "上海？"},
        {
            "role": "assistant",
            "content": '<tool_call>\n{"name": "get_temperature", "arguments": {"city": "上海"}}\n</tool_call>',
        },
    ],
    "tools": OPENAI["tools"],
}


def lines(folder: Path, name: str, *rows: Any) -> Path:
    path = folder / name
    text = "".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def total(ran: Ran) -> list[int]:
    """The numbers of the closing line: read, written, left out, unreadable, and what was held back."""
    return [int(number.replace(",", "")) for number in re.findall(r"(\d[\d,]*)(?= )", ran.err.splitlines()[-1])]


def test_a_file_in_another_format_from_another_folder(tcdata: Tcdata) -> None:
    (tcdata.folder / "数据").mkdir()
    lines(tcdata.folder / "数据", "对话.jsonl", OPENAI, OPENAI)
    ran = tcdata("convert", "数据/对话.jsonl", "出/训练.json", "--to", "sharegpt")
    assert (ran.code, ran.out, total(ran)) == (0, "", [2, 2, 0, 0])
    text = (tcdata.folder / "出" / "训练.json").read_text(encoding="utf-8")
    assert "上海今天多少度" in text
    assert "\\u" not in text
    found = json.loads(text)
    assert [turn["from"] for turn in found[0]["conversations"]] == ["human", "function_call", "observation", "gpt"]
    assert tcdata.here("validate", "出/训练.json").code == 0
    assert not list((tcdata.folder / "出").glob(".*"))


def test_every_row_and_every_loss_is_accounted_for(tcdata: Tcdata) -> None:
    lines(tcdata.folder, "in.jsonl", OPENAI, "{broken\n", BROKEN, GREETED, {"messages": []}, AS_TEXT)
    ran = tcdata.here("convert", "in.jsonl", "out.jsonl", "--to", "sharegpt", "--loss-report", "losses.jsonl")
    assert ran.code == 1
    assert total(ran) == [6, 3, 2, 1]
    assert "in.jsonl:3" in ran.err
    assert "in.jsonl:2" in ran.err
    report = rows(tcdata.folder / "losses.jsonl")
    assert {key for line in report for key in line} == {"row", "line", "id", "loss", "trait", "at", "detail"}
    told: dict[str | None, list[int]] = {}
    for line in report:
        told.setdefault(line["trait"], []).append(line["row"])
    shown = {
        trait: (int(places), int(count))
        for trait, places, count in re.findall(r"^(\w+)  .{7} +(\d+) +(\d+)  ", ran.err, re.MULTILINE)
    }
    assert set(shown) == {"call_ids", "any_order", "malformed"}
    assert {trait: (len(found), len(set(found))) for trait, found in told.items() if trait} == shown
    assert sorted(told[None]) == [1, 4], "the unreadable row and the one without messages"
    assert [line["line"] for line in report if line["trait"] == "any_order"] == [4]
    assert len(rows(tcdata.folder / "out.jsonl")) == 3


def test_calls_written_as_text_become_real_calls(tcdata: Tcdata) -> None:
    lines(tcdata.folder, "in.jsonl", AS_TEXT)
    ran = tcdata.here("convert", "in.jsonl", "real.jsonl", "--to", "sharegpt")
    assert "became real calls: 1" in ran.err
    (row,) = rows(tcdata.folder / "real.jsonl")
    assert row["conversations"][1]["from"] == "function_call"
    assert row["id"] == "文"
    kept = tcdata.here("convert", "in.jsonl", "text.jsonl", "--to", "sharegpt", "--keep-text-calls")
    assert "became" not in kept.err
    assert rows(tcdata.folder / "text.jsonl")[0]["conversations"][1]["from"] == "gpt"


def test_strict_writes_nothing_and_names_the_rows(tcdata: Tcdata) -> None:
    lines(tcdata.folder, "in.jsonl", AS_TEXT, OPENAI, GREETED)
    ran = tcdata.here("convert", "in.jsonl", "a/b/out.json", "--to", "sharegpt", "--strict", "--loss-report", "l.jsonl")
    assert ran.code == 1
    assert "in.jsonl:2, in.jsonl:3" in ran.err
    assert total(ran)[:5] == [3, 0, 0, 0, 3]
    assert sorted(path.name for path in tcdata.folder.iterdir()) == ["in.jsonl", "l.jsonl"]
    assert {line["row"] for line in rows(tcdata.folder / "l.jsonl")} == {1, 2}
    piped = tcdata.here("convert", "in.jsonl", "-", "--to", "sharegpt", "--strict")
    assert (piped.code, piped.out) == (1, "")
    lines(tcdata.folder, "plain.jsonl", SHAREGPT)
    assert tcdata.here("convert", "plain.jsonl", "out.json", "--to", "sharegpt", "--strict").code == 0


@pytest.mark.parametrize(
    "name", ["out.json", "out.jsonl", "out.json.gz", "out.jsonl.gz", "out.json.zst", "out.ndjson.zst"]
)
def test_the_suffix_says_how_rows_are_written(tcdata: Tcdata, name: str) -> None:
    lines(tcdata.folder, "in.jsonl", SHAREGPT, SHAREGPT)
    first, again = f"a/{name}", f"b/{name}"
    for output in (first, again):
        assert tcdata.here("convert", "in.jsonl", output, "--to", "openai").code == 0
    packed = (tcdata.folder / first).read_bytes()
    assert packed == (tcdata.folder / again).read_bytes(), "the same rows give the same bytes"
    found = list(open_file(str(tcdata.folder / first)).conversations())
    assert [one.origin.format for one in found] == ["openai"] * 2
    text = gzip.decompress(packed) if name.endswith("gz") else packed
    text = zstandard.ZstdDecompressor().decompressobj().decompress(packed) if name.endswith("zst") else text
    assert text.startswith(b"[\n{" if ".json." in name + "." else b"{")


def test_standard_input_and_output(tcdata: Tcdata) -> None:
    ran = tcdata("convert", "-", "-", "--to", "openai", stdin=json.dumps(SHAREGPT).encode())
    assert ran.code == 0
    (line,) = ran.lines
    assert json.loads(line)["messages"][0] == {"role": "user", "content": "上海今天多少度？"}


def test_files_are_neither_replaced_nor_read_and_written_at_once(tcdata: Tcdata) -> None:
    source = lines(tcdata.folder, "in.jsonl", SHAREGPT)
    before = source.read_bytes()
    lines(tcdata.folder, "out.jsonl", "old")
    (tcdata.folder / "link.jsonl").symlink_to(source)
    for output, said in (("out.jsonl", "--force"), ("in.jsonl", "is the file that is read"), ("link.jsonl", "is read")):
        ran = tcdata.here("convert", "in.jsonl", output, "--to", "openai")
        assert ran.code == 2
        assert said in ran.err
    assert (tcdata.folder / "out.jsonl").read_text() == "old"
    assert tcdata.here("convert", "in.jsonl", "in.jsonl", "--to", "openai", "--force").code == 2
    assert tcdata.here("convert", "in.jsonl", "x.jsonl", "--to", "openai", "--loss-report", "x.jsonl").code == 2
    assert source.read_bytes() == before
    assert tcdata.here("convert", "in.jsonl", "out.jsonl", "--to", "openai", "--force").code == 0
    assert "messages" in rows(tcdata.folder / "out.jsonl")[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("in.jsonl", "out.jsonl", "--to", "opnai"), 2, "did you mean `openai`?"),
        (("in.jsonl", "out.jsonl", "--to", "toolalpaca"), 2, "only read"),
        (("in.jsonl", "out.txt", "--to", "openai"), 2, ".jsonl"),
        (("in.jsonl", "out.parquet", "--to", "openai"), 2, ".jsonl"),
        (("in.jsonl", "out.jsonl"), 2, "--to"),
        (("gone.jsonl", "out.jsonl", "--to", "openai"), 4, "no such file"),
        (("empty.jsonl", "out.jsonl", "--to", "openai"), 5, "--allow-empty"),
        (("in.jsonl", "in.jsonl/out.jsonl", "--to", "openai"), 4, "in.jsonl"),
        (("cut.jsonl.gz", "out.jsonl", "--to", "openai"), 4, "get the file again"),
    ],
)
def test_mistakes_are_one_clear_error(tcdata: Tcdata, arguments: tuple[str, ...], code: int, said: str) -> None:
    lines(tcdata.folder, "in.jsonl", SHAREGPT)
    lines(tcdata.folder, "empty.jsonl")
    packed = gzip.compress(
        "".join(json.dumps({**SHAREGPT, "n": os.urandom(20).hex()}) + "\n" for _ in range(400)).encode()
    )
    (tcdata.folder / "cut.jsonl.gz").write_bytes(packed[: len(packed) * 3 // 4])
    ran = tcdata.here("convert", *arguments)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    if code != 5:
        assert not (tcdata.folder / "out.jsonl").exists()


def test_a_stop_leaves_nothing_behind(tcdata: Tcdata) -> None:
    command = [
        sys.executable,
        "-m",
        "toolcall_data",
        "convert",
        "-",
        "out.jsonl",
        "--to",
        "openai",
        "--from",
        "sharegpt",
    ]
    with subprocess.Popen(command, cwd=tcdata.folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        running.stdin.write((json.dumps(SHAREGPT) + "\n").encode() * 2000)
        running.stdin.flush()
        deadline = time.monotonic() + 20
        while not list(tcdata.folder.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [path.name.startswith(".out.jsonl") for path in tcdata.folder.iterdir()] == [True]
        running.send_signal(signal.SIGINT)
        running.wait(20)
    assert running.returncode == 130
    assert list(tcdata.folder.iterdir()) == []


def test_numbers_and_nesting_that_json_libraries_disagree_about(tcdata: Tcdata) -> None:
    deep: Any = "底"
    for _ in range(90):
        deep = [deep]
    long = {"conversations": SHAREGPT["conversations"], "n": 10**40, "deep": deep}
    lines(tcdata.folder, "in.jsonl", long)
    assert tcdata.here("convert", "in.jsonl", "out.jsonl", "--to", "openai").code == 0
    (row,) = rows(tcdata.folder / "out.jsonl")
    assert (row["n"], row["deep"]) == (10**40, deep)


def test_keys_that_the_target_uses_itself_are_named(tcdata: Tcdata) -> None:
    lines(tcdata.folder, "in.jsonl", {"messages": OPENAI["messages"][:1] + OPENAI["messages"][-1:], "system": {"v": 1}})
    ran = tcdata.here("convert", "in.jsonl", "out.jsonl", "--to", "sharegpt", "--loss-report", "l.jsonl")
    assert ran.code == 0
    assert [(line["trait"], line["at"]) for line in rows(tcdata.folder / "l.jsonl")] == [("row_fields", "/system")]


def test_instances_of_one_row_become_rows(tcdata: Tcdata) -> None:
    example = formats()["toolalpaca"].example
    lines(tcdata.folder, "in.jsonl", {**example, "Instances": example["Instances"] * 3})
    ran = tcdata.here("convert", "in.jsonl", "out.jsonl", "--to", "sharegpt")
    assert (ran.code, total(ran)) == (0, [3, 3, 0, 0])
    assert len(rows(tcdata.folder / "out.jsonl")) == 3


def test_published_rows_come_back_from_openai_unchanged(tcdata: Tcdata) -> None:
    path = DATA / "glaive_toolcall_zh_demo.json"
    if not path.exists():
        pytest.skip(f"{path} is not here: the published rows are no part of the project")
    there = tcdata.here("convert", path, "there.jsonl", "--to", "openai")
    assert (there.code, total(there)) == (0, [300, 300, 0, 0])
    back = tcdata.here("convert", "there.jsonl", "back.json", "--to", "sharegpt")
    assert (back.code, total(back)) == (0, [300, 300, 0, 0])
    read = formats()["sharegpt"]().read
    before = [read(row, Origin()) for row in json.loads(path.read_text(encoding="utf-8"))]
    after = [read(row, Origin()) for row in json.loads((tcdata.folder / "back.json").read_text(encoding="utf-8"))]
    for one, other in zip(before, after, strict=True):
        assert [message.model_dump(exclude={"calls": {"__all__": {"raw"}}}) for message in one.messages] == [
            message.model_dump(exclude={"calls": {"__all__": {"raw"}}}) for message in other.messages
        ]
        assert [tool.definition for tool in one.tools] == [tool.definition for tool in other.tools]
        assert (one.system or "") == (other.system or "")


def test_formats_are_listed_with_what_they_lose(tcdata: Tcdata) -> None:
    listed = tcdata.here("formats", "--format", "json").json
    assert {one["name"] for one in listed} == set(formats())
    by_name = {one["name"]: one for one in listed}
    assert "L1" in {loss["loss"] for loss in by_name["sharegpt"]["loses"]}
    assert not by_name["mcp"]["is_written"]
    text = tcdata.here("formats").out
    assert all(f"{name} " in text for name in by_name)
    one = tcdata.here("formats", "sharegpt")
    assert "call_ids" in one.out
    assert tcdata.here("formats", "sharegpt", "--format", "json").json == by_name["sharegpt"]
    assert "丢失" in tcdata.here("--lang", "zh", "formats", "sharegpt").out
    assert tcdata.here("formats", "sharegtp").code == 2
