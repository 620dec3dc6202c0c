"""What a mix writes: rows the trainer can read, a ledger in which every row has its place, and all of it or nothing."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import call_text, chat, gpt, human, observation
from toolcall_data.conversation.build import row as tool_row
from toolcall_data.errors import EmptyError, InputError, RecipeError, TcdataError
from toolcall_data.pipeline import why_stale
from toolcall_data.recipe import read_recipe

if TYPE_CHECKING:
    from tests.conftest import Tcdata
    from tests.stages.conftest import Kitchen

TURNS = {"human": 0, "observation": 0, "gpt": 1, "function_call": 1}


def checked_row(row: dict[str, Any]) -> None:
    """What LLaMA-Factory asks of a row."""
    assert list(row) == ["conversations", "system", "tools"]
    assert isinstance(row["system"], str)
    assert isinstance(row["tools"], str)
    assert row["tools"] == "" or json.loads(row["tools"])
    assert row["conversations"]
    assert len(row["conversations"]) % 2 == 0
    for number, turn in enumerate(row["conversations"]):
        assert list(turn) == ["from", "value"]
        assert isinstance(turn["value"], str)
        assert TURNS[turn["from"]] == number % 2


def all_samples(kitchen: Kitchen, samples: Path) -> dict[str, str]:
    found = {path.stem: str(path) for path in sorted(samples.glob("*.jsonl"))}
    assert len(found) >= 4
    return found


def test_every_row_is_as_the_trainer_wants_it(kitchen: Kitchen, samples: Path) -> None:
    kitchen.mix(sources=all_samples(kitchen, samples), mix={"eval": {"share": 0.1}})
    rows = kitchen.rows() + kitchen.rows(file="eval")
    assert len(rows) > 150
    for row in rows:
        checked_row(row)


def test_what_was_written_is_clean(kitchen: Kitchen, tcdata: Tcdata, samples: Path) -> None:
    kitchen.mix(sources=all_samples(kitchen, samples))
    report = tcdata.here("validate", "recipe@mix", "--format", "json")
    errors = [finding for finding in report.json["findings"] if finding["severity"] == "error"]
    assert (report.code, errors) == (0, [])
    assert report.json["files"][0]["rows"] == len(kitchen.rows())


def test_manifest_names_inputs_and_outputs_with_true_checksums(kitchen: Kitchen, samples: Path) -> None:
    report = kitchen.mix(sources=all_samples(kitchen, samples), mix={"eval": {"share": 0.1}, "seed": 3})
    folder = kitchen.folder / "mix"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == report.manifest
    assert manifest["seed"] == 3
    assert set(manifest["outputs"]) == {"train.jsonl", "eval.jsonl", "dropped.jsonl"}
    for name, facts in manifest["outputs"].items():
        data = (folder / name).read_bytes()
        assert facts["checksum"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert (facts["bytes"], facts["rows"]) == (len(data), data.count(b"\n"))
    for facts in manifest["inputs"]:
        data = Path(facts["path"]).read_bytes()
        assert facts["checksum"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    moved_in = {path.name: path.stat().st_ctime_ns for path in folder.iterdir()}
    assert moved_in["manifest.json"] == max(moved_in.values())


def test_a_mix_knows_when_it_is_stale(kitchen: Kitchen) -> None:
    stages: dict[str, Any] = {"sources": {"a": kitchen.source("a", [chat(human(str(n)), gpt("!")) for n in range(5)])}}
    output = kitchen.folder / "mix"
    assert why_stale(read_recipe(kitchen.recipe(**stages)), output) == "there is no mix yet"
    kitchen.mix(**stages)
    assert why_stale(read_recipe(kitchen.recipe(**stages)), output) is None
    training = read_recipe(kitchen.recipe(**stages, train={"model": "tiny"}))
    assert why_stale(training, output) is None, "how it is trained does not make a mix stale"
    assert why_stale(read_recipe(kitchen.recipe(**stages, mix={"seed": 1})), output)
    with (output / "train.jsonl").open("ab") as file:
        file.write(b"\n")
    assert "train.jsonl" in str(why_stale(read_recipe(kitchen.recipe(**stages)), output))
    kitchen.mix(**stages)
    kitchen.source("a", [chat(human("?"), gpt("!"))])
    assert why_stale(read_recipe(kitchen.recipe(**stages)), output)


def test_other_entries_and_files_of_the_folder_stay(kitchen: Kitchen) -> None:
    folder = kitchen.folder / "mix"
    folder.mkdir()
    other = json.dumps({"别人": {"file_name": "b.json"}, "recipe_eval": {"file_name": "old"}}, ensure_ascii=False)
    (folder / "dataset_info.json").write_text(other, encoding="utf-8")
    (folder / "b.json").write_text("[]")
    kitchen.mix(sources={"a": kitchen.source("a", [chat(human("?"), gpt("!"))])})
    info = (folder / "dataset_info.json").read_bytes()
    assert info.isascii()
    assert json.loads(info)["别人"] == {"file_name": "b.json"}
    assert json.loads(info)["recipe"]["file_name"] == "train.jsonl"
    assert (folder / "dataset_info.json.bak").read_text(encoding="utf-8") == other
    assert (folder / "b.json").read_text() == "[]"


def test_a_damaged_dataset_info_is_not_overwritten(kitchen: Kitchen) -> None:
    (kitchen.folder / "mix").mkdir()
    (kitchen.folder / "mix" / "dataset_info.json").write_text("{ours", encoding="utf-8")
    with pytest.raises(TcdataError, match=r"dataset_info\.json"):
        kitchen.mix(sources={"a": kitchen.source("a", [chat(human("?"), gpt("!"))])})
    assert (kitchen.folder / "mix" / "dataset_info.json").read_text(encoding="utf-8") == "{ours"


def test_a_dry_run_writes_nothing(kitchen: Kitchen, tcdata: Tcdata) -> None:
    kitchen.recipe(sources={"a": kitchen.source("a", [chat(human("?"), gpt("!"))])})
    before = sorted(kitchen.folder.rglob("*"))
    ran = tcdata.here("mix", "recipe.yaml", "-o", "new/deep/mix", "--dry-run", "--format", "json")
    assert (ran.code, ran.json["totals"]["kept"]) == (0, 1)
    assert sorted(kitchen.folder.rglob("*")) == before


def test_a_missing_source_is_named_and_nothing_is_written(kitchen: Kitchen) -> None:
    with pytest.raises(InputError, match="source `a`") as error:
        kitchen.mix(sources={"a": "gone.jsonl"})
    assert "gone.jsonl" in str(error.value)
    assert not (kitchen.folder / "mix").exists()


VALUES: tuple[Any, ...] = (
    None,
    "",
    "文",
    7,
    1.5,
    True,
    [],
    {},
    [[]],
    {"name": "f"},
    "[]",
    "{}",
    "{",
    "human",
    "gpt",
    "<think>",
)


@st.composite
def mutated(draw: st.DrawFn, rows: list[dict[str, Any]]) -> str:
    """A line of a data file: a row in which some values were replaced, removed or doubled, or its text was cut."""
    row = copy.deepcopy(draw(st.sampled_from(rows)))
    for _ in range(draw(st.integers(0, 3))):
        node: Any = row
        while isinstance(node, dict | list) and node:
            key = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
            if draw(st.booleans()) or not isinstance(node[key], dict | list) or not node[key]:
                break
            node = node[key]
        if not isinstance(node, dict | list) or not node:
            continue
        action = draw(st.sampled_from(["replace", "remove", "double"]))
        if action == "replace":
            node[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif action == "remove":
            del node[key]
        elif isinstance(node, list):
            node.insert(key, copy.deepcopy(node[key]))
    text = json.dumps(row, ensure_ascii=False)
    return text[: draw(st.integers(1, len(text)))] if draw(st.integers(0, 9)) == 0 else text


@pytest.mark.parametrize("name", ["sharegpt", "openai", "alpaca"])
@pytest.mark.parametrize("error", ["drop", "keep"])
def test_every_row_is_accounted_for_whatever_the_rows_hold(
    kitchen: Kitchen, sample_rows: dict[str, list[dict[str, Any]]], name: str, error: str
) -> None:
    @given(st.lists(mutated(sample_rows[name]), min_size=1, max_size=12), st.integers(0, 9))
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    def run(lines: list[str], seed: int) -> None:
        source = {"path": kitchen.source("a", [*lines, *lines[:3]]), "format": name}
        try:
            report = kitchen.mix(
                sources={"a": source},
                check={"error": error},
                clean=[{"length": {"min_characters": 3}}, "exact_duplicates"],
                mix={"seed": seed, "eval": {"share": 0.3}, "take": {"a": {"max_rows": 6}}},
            )
        except EmptyError:
            return
        _adds_up(kitchen, report.manifest, len(lines) + len(lines[:3]))

    run()


def _adds_up(kitchen: Kitchen, manifest: dict[str, Any], lines: int) -> None:
    facts = manifest["sources"]["a"]
    assert facts["read"] == lines
    assert facts["read"] == facts["kept"] + facts["dropped"] + facts["unreadable"]
    assert facts["dropped"] == sum(facts["dropped_by_reason"].values())
    dropped = kitchen.rows(file="dropped")
    assert len(dropped) == facts["dropped"] + facts["unreadable"]
    assert len({line["row"] for line in dropped}) == len(dropped), "a row is dropped once"
    train = kitchen.rows()
    held = kitchen.rows(file="eval") if "eval.jsonl" in manifest["outputs"] else []
    assert len(train) + len(held) == facts["kept"]
    for row in train + held:
        checked_row(row)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("delay", [0.4, 0.8])
def test_a_stop_in_the_middle_leaves_the_old_mix_whole(
    kitchen: Kitchen, tcdata: Tcdata, number: signal.Signals, delay: float
) -> None:
    kitchen.mix(sources={"a": kitchen.source("a", [chat(human("旧"), gpt("!"))])})
    old = {path.name: path.read_bytes() for path in (kitchen.folder / "mix").iterdir()}
    kitchen.source("a", [chat(human(f"新{n}" * 20), gpt("!" * 200)) for n in range(60_000)])
    process = subprocess.Popen(
        [sys.executable, "-m", "toolcall_data", "mix", "recipe.yaml", "-o", "mix"],
        cwd=kitchen.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=tcdata.environment(),
        # A shell's background job would have it ignored.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    _wait_for(kitchen.folder)
    time.sleep(delay)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err.decode()
    assert b"Traceback" not in err
    assert {path.name: path.read_bytes() for path in (kitchen.folder / "mix").iterdir()} == old
    assert [path.name for path in kitchen.folder.iterdir() if path.name.endswith(".tmp")] == []


def _wait_for(folder: Path) -> None:
    """Until the mix has begun to write."""
    end = time.monotonic() + 30
    while not list(folder.glob(".mix.tcdata-*.tmp/store")):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_call_that_holds_call_markup_is_left_out_with_the_reason(kitchen: Kitchen) -> None:
    """LLaMA-Factory looks for the markup in the whole turn and fails on what stands between the tags."""
    call = {"name": "note", "arguments": {"text": "写 <tool_call>{}</tool_call> 这样"}}
    asked = {"id": "c1", "type": "function", "function": {**call, "arguments": json.dumps(call["arguments"])}}
    tool = {"name": "note", "description": "记录", "parameters": {"type": "object", "properties": {"text": {}}}}
    row = {
        "messages": [
            {"role": "user", "content": "记下：写 <tool_call>{}</tool_call> 这样"},
            {"role": "assistant", "content": None, "tool_calls": [asked]},
            {"role": "tool", "tool_call_id": "c1", "content": "ok"},
            {"role": "assistant", "content": "记好了。"},
        ],
        "tools": [{"type": "function", "function": tool}],
    }
    plain = {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "你好！"}]}
    source = kitchen.source("a", [json.dumps(row), json.dumps(plain)])
    report = kitchen.mix(sources={"a": source})
    assert report.tallies["a"].dropped == {"export.not_trainable": 1}


def test_a_literal_placeholder_of_the_trainer_is_left_out_with_the_reason(kitchen: Kitchen) -> None:
    rows = [chat(human("{{idx}} 是什么？"), gpt("占位符")), chat(human("{{content}} 呢？"), gpt("也是 {{idx}} 一类"))]
    source = kitchen.source("a", rows)
    assert kitchen.mix(sources={"a": source}).tallies["a"].dropped == {"conv.own_placeholder": 1}
    unchecked = kitchen.mix(sources={"a": source}, check={"ignore": ["conv.own_placeholder"]})
    assert unchecked.tallies["a"].dropped == {"export.not_trainable": 1}
    assert "{{idx}}" in kitchen.rows(file="dropped")[0]["detail"]


@pytest.mark.parametrize(("template", "kept"), [("qwen3", 2), ("mistral", 1), ("glm4", 1)])
def test_rows_are_left_out_that_the_template_of_the_training_cannot_hold(
    kitchen: Kitchen, template: str, kept: int
) -> None:
    """Text beside a call stops LLaMA-Factory with mistral, two calls of one step stop it with glm4."""
    beside = call_text('我来查。<tool_call>{"name": "get_weather", "arguments": {"city": "北京"}}</tool_call>')
    two = [{"name": "get_weather", "arguments": {"city": city}} for city in ("北京", "上海")]
    answer = (observation({"text": "晴"}), gpt("晴。"))
    rows = {
        "mistral": [tool_row(human("北京天气？"), beside, *answer)],
        "glm4": [tool_row(human("北京和上海天气？"), call_text(json.dumps(two, ensure_ascii=False)), *answer)],
    }
    wanted = rows.get(template, rows["mistral"])
    source = kitchen.source("a", [*wanted, chat(human("你好"), gpt("你好！"))])
    train = {"model": "tiny", "template": template}
    report = kitchen.mix(sources={"a": source}, train=train)
    assert report.tallies["a"].kept == kept
    if kept == 1:
        assert f"stops the job with template {template}" in kitchen.rows(file="dropped")[0]["detail"]


def test_an_unknown_template_is_one_clear_error(kitchen: Kitchen) -> None:
    source = kitchen.source("a", [chat(human("你好"), gpt("你好！"))])
    with pytest.raises(RecipeError, match="no template `qwen33`") as caught:
        kitchen.mix(sources={"a": source}, train={"model": "tiny", "template": "qwen33"})
    assert caught.value.hint == "did you mean `qwen3`?"
