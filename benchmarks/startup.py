"""What the command costs before it does anything, as a ratio to a bare Python in the same run.

Repeat with: python benchmarks/startup.py [--runs 9]

CPU seconds (user and system) of whole processes, the minimum over interleaved runs. Budgets: `--version` 1.5 times,
`--help` 6 times `python -c pass`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
BUDGETS = {"--version": 1.5, "--help": 6.0, "validate --help": 6.0, "explain call.enum": None, "validate 65 rows": None}


def commands() -> dict[str, list[str]]:
    """The commands to time; the floor first."""
    tcdata = [sys.executable, "-m", "toolcall_data"]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "--version": [*tcdata, "--version"],
        "--help": [*tcdata, "--help"],
        "validate --help": [*tcdata, "validate", "--help"],
        "explain call.enum": [*tcdata, "explain", "call.enum"],
        "validate 65 rows": [*tcdata, "validate", str(SAMPLES / "sharegpt.jsonl"), "-qq"],
    }


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    best = dict.fromkeys(commands(), float("inf"))
    for _ in range(runs):
        for name, command in commands().items():
            best[name] = min(best[name], cpu_seconds(command))
    floor = best["python -c pass"]
    print(f"{'command':<20} {'CPU ms':>8} {'x bare':>8} {'budget':>8}")
    for name, seconds in best.items():
        budget = BUDGETS.get(name)
        print(f"{name:<20} {seconds * 1e3:>8.1f} {seconds / floor:>8.2f} {budget or '':>8}")


if __name__ == "__main__":
    main()
