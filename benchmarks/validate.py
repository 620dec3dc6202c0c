"""`tcdata validate` against the floor of parsing the same file: CPU, memory, first finding, recall, precision.

All is measured in one run.

Repeat with: python benchmarks/validate.py [--rows 100000] [--kind few|many] [--cache FOLDER]

The rows and the faults in them are made by `planted.py`. The floor is `orjson.loads` on each line and on the JSON
strings inside (tools and calls). The naive way is Pydantic rows and a new `jsonschema` validator for every call, and
checks nothing else. LLaMA-Factory's own preprocessing is measured, where it is installed, on a few thousand sound rows
after its imports, and multiplied. CPU seconds are those of whole processes and their children; memory is the sum over
them (proportional set size). Exits 1 if a planted fault is missed, or a sound row is blamed, by a blocking rule.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planted import FAULTS, make, planted, row_of

FLOOR = """
import contextlib, sys, orjson
for line in open(sys.argv[1], "rb"):
    with contextlib.suppress(Exception):
        row = orjson.loads(line)
        if row["tools"]:
            orjson.loads(row["tools"])
        for turn in row["conversations"]:
            if turn["from"] == "function_call":
                orjson.loads(turn["value"])
"""

NAIVE = """
import contextlib, json, sys
from jsonschema import Draft202012Validator
from pydantic import BaseModel
class Row(BaseModel):
    conversations: list[dict[str, str]]
    tools: str
    system: str
found = 0
for line in open(sys.argv[1]):
    with contextlib.suppress(Exception):
        row = Row.model_validate_json(line)
        tools = {tool["name"]: tool for tool in json.loads(row.tools)} if row.tools else {}
        for turn in row.conversations:
            if turn["from"] == "function_call":
                call = json.loads(turn["value"])
                schema = tools[call["name"]]["parameters"]
                found += sum(1 for _ in Draft202012Validator(schema).iter_errors(call["arguments"]))
"""

LLAMAFACTORY = """
import json, os, resource, sys
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer
def spent():
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))
model_args, data_args, training_args, _, _ = get_train_args(json.loads(sys.argv[1]))
loaded = load_tokenizer(model_args)
template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
before = spent()
get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)
print("SPENT", spent() - before)
"""

SAMPLE = 2000
"""Rows that LLaMA-Factory is measured on."""


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, peak memory in MB (children included), seconds to the first line of output."""

    cpu: float
    wall: float
    memory: float
    first: float | None = None


def measure(command: Sequence[str]) -> Cost:
    """The cost of one command; its output is read and thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    first, peak = None, 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            ready = selector.select(0.2)
            peak = max(peak, resident(process.pid))
            if ready and not process.stdout.read(1 << 20):
                break
            if ready and first is None:
                first = time.perf_counter() - started
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{list(command)[:6]} failed with {process.returncode}")
    own = usage.ru_maxrss / 1024
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - started, max(peak, own), first)


def resident(pid: int) -> float:
    """MB of a process and its children, shared pages split among those that share them; 0 where it cannot be told."""
    total = 0.0
    for each in (pid, *children(pid)):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def preprocessing(rows: int, kind: str) -> Cost | None:
    """LLaMA-Factory's preprocessing of so many rows, told from a sample; None where it is not installed."""
    if importlib.util.find_spec("llamafactory") is None:
        return None
    from toolcall_data.events import silence
    from toolcall_data.training.probe import environment
    from toolcall_data.training.tiny import build_tiny
    from toolcall_data.training.trainer import find_trainer

    sample = [row_of(number, kind) for number in range(SAMPLE)]  # type: ignore[arg-type]
    texts = (turn["value"] for row in sample for turn in row["conversations"])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rows.json").write_text(json.dumps(sample, ensure_ascii=False), encoding="utf-8")
        columns = {"messages": "conversations", "system": "system", "tools": "tools"}
        info = {"rows": {"file_name": "rows.json", "formatting": "sharegpt", "columns": columns}}
        (Path(folder) / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")
        trainer = find_trainer()
        settings = {
            "model_name_or_path": str(build_tiny(trainer, texts, silence)),
            "dataset_dir": folder,
            "dataset": "rows",
            "output_dir": f"{folder}/out",
            "stage": "sft",
            "do_train": True,
            "template": "qwen3",
            "finetuning_type": "lora",
            "cutoff_len": 8192,
            "overwrite_cache": True,
            "report_to": "none",
            "use_cpu": True,
            "bf16": False,
        }
        around = {**os.environ, **environment(trainer), "HF_HOME": f"{folder}/cache", "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-c", LLAMAFACTORY, json.dumps(settings)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=around)
    spent = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("SPENT")]
    if not spent:
        print(f"LLaMA-Factory could not be measured: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return Cost(float(spent[0]) * rows / SAMPLE, 0, 0)


def blocking() -> list[str]:
    """The rules whose findings block: errors."""
    from toolcall_data.rules._registry import rules
    from toolcall_data.rules.base import Severity

    return [rule.name for rule in rules() if rule.severity == Severity.ERROR and rule.looks_at != "dataset"]


def misjudged(path: Path, rows: int, names: Sequence[str]) -> tuple[list[str], int, int]:
    """What blocking rules miss or blame wrongly; how many faults were planted, and how many findings there are."""
    command = [*TCDATA, str(path), "--format", "jsonl", "--select", ",".join(names)]
    found: dict[int, set[str]] = defaultdict(set)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for line in process.stdout:
            item = json.loads(line)
            if item["type"] == "finding" and item["severity"] == "error":
                found[item["row"]].add(item["name"])
    faults = dict(planted(rows))
    wrong = []
    for number in sorted(faults.keys() | found.keys()):
        wanted = FAULTS[faults[number]][0] if number in faults else frozenset()
        if wanted != found[number]:
            fault = faults.get(number, "a sound row")
            wrong.append(f"row {number} ({fault}): wanted {sorted(wanted)}, found {sorted(found[number])}")
    return wrong, len(faults), sum(map(len, found.values()))


TCDATA = [sys.executable, "-m", "toolcall_data", "validate", "-qq", "--no-config"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kind", choices=("few", "many"), default="few", help="few or many different texts of tools")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "tcdata-bench")
    parser.add_argument("--rules", nargs="*", help="the blocking rules; left out, every rule whose findings are errors")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    path = options.cache / f"{options.kind}-{options.rows}.jsonl"
    make(path, options.rows, options.kind)
    names = options.rules or blocking()
    select = ["--select", ",".join(names)]
    report = [str(path), "--format", "concise"]
    costs = {
        "floor: orjson, nested too": measure([sys.executable, "-c", FLOOR, str(path)]),
        "naive: pydantic, jsonschema": measure([sys.executable, "-c", NAIVE, str(path)]),
        f"blocking rules ({len(names)}), one process": measure([*TCDATA, *report, *select, "--jobs", "1"]),
        "blocking rules, all cores": measure([*TCDATA, *report, *select]),
        "all rules, one process": measure([*TCDATA, *report, "--jobs", "1"]),
        "all rules, all cores": measure([*TCDATA, *report]),
    }
    floor = costs["floor: orjson, nested too"]
    if (trainer := preprocessing(options.rows, options.kind)) is not None:
        costs[f"LLaMA-Factory, from {SAMPLE} rows"] = trainer
    print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, {options.kind} texts of tools")
    print(f"{'what':<38} {'CPU s':>8} {'x floor':>8} {'wall s':>8} {'peak MB':>8} {'first s':>8}")
    for what, cost in costs.items():
        first = f"{cost.first:.2f}" if cost.first is not None else ""
        ratio = cost.cpu / floor.cpu
        print(f"{what:<38} {cost.cpu:>8.2f} {ratio:>8.1f} {cost.wall:>8.1f} {cost.memory:>8.0f} {first:>8}")
    wrong, faults, found = misjudged(path, options.rows, names)
    print(f"{faults} faults planted, {found} findings of blocking rules, {len(wrong)} rows misjudged")
    for line in wrong[:10]:
        print(f"  {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
