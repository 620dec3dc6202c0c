"""Fuzzing: whatever a file holds, nothing raises, hangs, or takes time or memory out of proportion.

Repeat with: python -m tests.fuzz.run [--seed 1] [--inputs 200000] [--jobs 2] [--failures FILE]

An input follows from the seed, its number and the rows of `seeds.py`. `--again FILE` meets the inputs of noted failures
again, makes them small, and shows the tracebacks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.fuzz.bench import SLOW, Bench, Failure, Found, TooLongError, limited, listen
from tests.fuzz.dice import Dice
from tests.fuzz.inputs import Input, input_of
from tests.fuzz.smaller import smallest

MOST_MEMORY = 6 << 30
"""Bytes of address space of a process."""
CHUNK = 500
"""Inputs after which a process tells what it found, and the rules about sets are asked."""
MOST_SHRUNK = 30_000
"""Bytes of an input that it pays to make smaller."""


def work(seed: int, start: int, end: int, current: Any, told: Connection) -> None:
    """Meet inputs from `start` to below `end` in a process of its own; tell what was found after each chunk."""
    listen()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with tempfile.TemporaryDirectory() as folder:
        for begin in range(start, end, CHUNK):
            bench = Bench(seed, Path(folder))
            for number in range(begin, min(begin + CHUNK, end)):
                current.value = number
                bench.meet(number)
            bench.sets()
            told.send(bench.found)
    told.close()


@dataclass
class Worker:
    """A process and what it has still to do."""

    process: Any
    told: Connection
    current: Any
    end: int


def start(seed: int, begin: int, end: int) -> Worker:
    context = multiprocessing.get_context("fork")
    told, tells = context.Pipe(duplex=False)
    current = context.Value("q", begin)
    process = context.Process(target=work, args=(seed, begin, end, current, tells))
    process.start()
    tells.close()
    return Worker(process, told, current, end)


def run(seed: int, first: int, inputs: int, jobs: int, tell: Callable[[Found], None]) -> Found:
    """Meet so many inputs; a process that dies is a failure of the input it was at, and another takes over."""
    share = -(-inputs // jobs)
    bounds = [(first + begin, first + min(begin + share, inputs)) for begin in range(0, inputs, share)]
    workers = [start(seed, begin, end) for begin, end in bounds]
    found = Found()
    while workers:
        for ready in wait([worker.told for worker in workers]):
            worker = next(each for each in workers if each.told is ready)
            try:
                found.merge(worker.told.recv())
                tell(found)
            except EOFError:
                workers.remove(worker)
                worker.process.join()
                if worker.process.exitcode:
                    number = worker.current.value
                    kind = input_of(seed, number).kind
                    found.fail(
                        Failure(number, kind, "", f"the process ended with {worker.process.exitcode}", str(number))
                    )
                    workers.append(start(seed, number + 1, worker.end))
    return found


def summary(found: Found, seconds: float) -> str:
    """What a run found, for a person."""
    total = sum(found.inputs.values())
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.inputs.items()))
    size = f"{found.bytes / max(total, 1) / 1000:.1f} kB on average"
    lines = [f"{total:,} inputs ({kinds}; {size}) in {seconds:,.0f} s, {found.memory >> 10} MB at most"]
    groups: dict[str, list[str]] = {}
    for name in found.reached:
        groups.setdefault(name.split()[0], []).append(name)
    for group, names in sorted(groups.items()):
        lines.append(f"  {group}: {sum(found.reached[name] for name in names):,} times, {len(names)} different")
    lines += [f"slowest: {spent:.2f} s, input {number}, {size:,} bytes" for spent, number, size, _ in found.slowest[:5]]
    lines.append(f"failures: {len(found.failures)}")
    for failure in sorted(found.failures.values(), key=lambda each: -each.times):
        lines.append(f"  {failure.times}x {failure.what} at {failure.where} ({failure.step}), input {failure.number}")
        lines.append(f"      {failure.detail}")
    return "\n".join(lines)


def note(path: Path, found: Found) -> None:
    """Write the failures so far, one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(asdict(each))}\n" for each in found.failures.values()), encoding="utf-8")


def again(seed: int, noted: Iterable[Failure]) -> None:
    """Meet the inputs of noted failures again: what fails now, in the fewest bytes that fail so, with its traceback."""
    listen()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(seed, Path(folder))
        for failure in noted:
            _again(bench, failure)


def _again(bench: Bench, noted: Failure) -> None:
    given = Input(noted.kind, noted.data.encode("utf-8", "surrogateescape"))
    found = bench.attempt(given, noted.number)
    if found is None:
        print(f"input {noted.number}: nothing fails")
        return
    if len(given.data) < MOST_SHRUNK:
        data = smallest(given.data, lambda data: _fails(bench, noted.number, given, data, found))
        given = Input(given.kind, data)
    try:
        with limited(SLOW):
            bench.trial.meet(given, Dice(bench.seed, -noted.number))
    except (Exception, TooLongError):
        traceback.print_exc()
    print(f"input {noted.number}: {found.what} at {found.where} ({found.step}) {found.detail}")
    print(given.data[:3000].decode("utf-8", "replace"))


def _fails(bench: Bench, number: int, given: Input, data: bytes, failure: Failure) -> bool:
    again = bench.attempt(Input(given.kind, data), number)
    return again is not None and again.key == failure.key


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--failures", type=Path, help="write failures there, one JSON object a line")
    parser.add_argument("--again", type=Path, help="meet only the inputs of such a file of failures")
    options = parser.parse_args()
    if options.again is not None:
        again(options.seed, [Failure(**json.loads(line)) for line in options.again.read_text("utf-8").splitlines()])
        return 0
    started = perf_counter()

    def tell(found: Found) -> None:
        total = sum(found.inputs.values())
        line = f"{total:,} inputs, {len(found.failures)} failures, {total / (perf_counter() - started):,.0f} a second"
        print(line, file=sys.stderr, flush=True)

        if options.failures is not None:
            note(options.failures, found)

    found = run(options.seed, options.first, options.inputs, options.jobs, tell)
    print(f"seed {options.seed}, inputs {options.first} to {options.first + options.inputs - 1}")
    print(summary(found, perf_counter() - started))
    if options.failures is not None:
        note(options.failures, found)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
