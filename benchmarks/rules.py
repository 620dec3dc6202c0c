"""What each rule and guard costs on rows without faults, dearest first: CPU microseconds a row, and how often it ran.

Repeat with: python benchmarks/rules.py [--rows 4000] [--kind few|many]

Rows come from `planted.py`, one at a time, as in a validation. A guard that shares its work with the next one that asks
(the judging against schemas, say) is charged with all of it. The clock itself costs about half a microsecond a run.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from time import process_time

from planted import make

from toolcall_data.rules._checker import Checker
from toolcall_data.rules._guards import facts
from toolcall_data.rules._registry import rules
from toolcall_data.rules.base import Severity
from toolcall_data.sources.reader import open_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--kind", choices=("few", "many"), default="few")
    options = parser.parse_args()
    wanted = [rule for rule in rules() if rule.severity > Severity.INFO and rule.looks_at != "dataset"]
    checker = Checker(wanted)
    spent: defaultdict[str, float] = defaultdict(float)
    ran: Counter[str] = Counter()
    rows = 0

    def timed(name: str, work: object) -> None:
        started = process_time()
        list(work()) if not name.startswith("guard") else work()  # type: ignore[operator]
        spent[name] += process_time() - started
        ran[name] += 1

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        make(path, options.rows, options.kind)
        for conversation in open_file(str(path)).conversations():
            if not conversation.is_readable:
                continue
            rows += 1
            timed("guard: facts", lambda: facts(conversation))  # noqa: B023 - called at once
            for guard in checker.guards:
                timed(f"guard: {guard.__module__}.{guard.__name__}", lambda: guard(conversation))  # noqa: B023
            timed("guard: all others, and the choice of rules", lambda: checker.worth_running(conversation))  # noqa: B023
            timed("tools, all rules", lambda: checker.check_tools(conversation))  # noqa: B023
            for rule in checker.worth_running(conversation):
                timed(f"{rule.severity.word}: {rule.name}", lambda: rule.check(conversation))  # noqa: B023
    print(f"{len(wanted)} rules, {rows:,} rows, {sum(spent.values()) / rows * 1e6:.1f} microseconds a row")
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{seconds / rows * 1e6:>8.2f}  {ran[name] / rows:>6.2f} runs a row  {name}")


if __name__ == "__main__":
    main()
