"""Validation against the floor of reading and parsing the same file, in one run, and its memory.

Repeat with: python benchmarks/validate.py [--rows 20000]

Rows are made from the shipped samples (Chinese tool-call rows of about 2 KB), numbered so that no two are equal. The
floor is `orjson.loads` on each line and on the JSON strings inside (tools and calls). The naive way is Pydantic models
and a new `jsonschema` validator for every call. CPU seconds of whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples" / "sharegpt.jsonl"

FLOOR = """
import sys, orjson
for line in open(sys.argv[1], "rb"):
    row = orjson.loads(line)
    if row["tools"]:
        orjson.loads(row["tools"])
    for turn in row["conversations"]:
        if turn["from"] == "function_call" and turn["value"][0] in "[{":
            orjson.loads(turn["value"])
"""

NAIVE = """
import json, sys
from jsonschema import Draft202012Validator
from pydantic import BaseModel
class Turn(BaseModel):
    model_config = {"populate_by_name": True}
    value: str
class Row(BaseModel):
    conversations: list[dict[str, str]]
    tools: str
    system: str
found = 0
for line in open(sys.argv[1]):
    row = Row.model_validate_json(line)
    tools = {tool["name"]: tool for tool in json.loads(row.tools)} if row.tools else {}
    for turn in row.conversations:
        if turn["from"] == "function_call" and turn["value"][0] in "[{":
            calls = json.loads(turn["value"])
            for call in calls if isinstance(calls, list) else [calls]:
                schema = tools[call["name"]]["parameters"]
                found += sum(1 for _ in Draft202012Validator(schema).iter_errors(call["arguments"]))
"""


def make(path: Path, rows: int) -> None:
    """Write `rows` different rows."""
    originals = [json.loads(line) for line in SAMPLES.open(encoding="utf-8")]
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            row = originals[number % len(originals)]
            turns = [dict(turn) for turn in row["conversations"]]
            turns[0]["value"] += f"（第 {number} 次）"
            file.write(json.dumps({**row, "conversations": turns}, ensure_ascii=False) + "\n")


def measure(command: list[str]) -> tuple[float, int]:
    """CPU seconds and peak memory in MB of one process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[:4]} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        make(path, rows)
        small = Path(folder) / "small.jsonl"
        make(small, rows // 10)
        validate = [sys.executable, "-m", "toolcall_data", "validate", "-qq"]
        results = {
            "floor: orjson, nested too": measure([sys.executable, "-c", FLOOR, str(path)]),
            "naive: pydantic, jsonschema": measure([sys.executable, "-c", NAIVE, str(path)]),
            "tcdata validate, a tenth": measure([*validate, str(small)]),
            "tcdata validate": measure([*validate, str(path)]),
        }
        size = path.stat().st_size
    floor = results["floor: orjson, nested too"][0]
    print(f"{rows:,} rows, {size / 1e6:.0f} MB")
    print(f"{'what':<30} {'CPU s':>8} {'x floor':>8} {'peak MB':>8}")
    for name, (seconds, memory) in results.items():
        print(f"{name:<30} {seconds:>8.2f} {seconds / floor:>8.1f} {memory:>8}")


if __name__ == "__main__":
    main()
