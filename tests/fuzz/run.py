"""Fuzzing: whatever a file holds, nothing raises, hangs, or takes time or memory out of proportion.

Repeat with: python -m tests.fuzz.run [--seed 1] [--inputs 200000] [--jobs 2] [--failures FILE]

Inputs are numbered and follow from the seed alone: `--only N` meets input N again, prints it as small as it can be made,
and the traceback.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import perf_counter, process_time
from types import FrameType
from typing import Any

from tests.fuzz.dice import Dice
from tests.fuzz.inputs import Input, input_of
from tests.fuzz.smaller import smallest
from tests.fuzz.trial import Trial, tallied

SLOW = 2.0
"""CPU seconds that an input may take, for each 200 kB or part of them."""
SLOW_BYTES = 200_000
WORTH_DOUBLING = 0.4
"""CPU seconds from which on an input is met again with its repetitions twice as long."""
STEEPEST = 3.2
"""How many times as long the doubled input may take; a quadratic way takes four times."""
MOST_GROWTH = 300 << 10
"""KB by which the largest memory of a process may grow with one input."""
MOST_MEMORY = 6 << 30
"""Bytes of address space of a process."""
CHUNK = 500


class TooLongError(BaseException):
    """Ends an input that takes too long; no `except Exception` on the way stops it."""


@dataclass
class Failure:
    """One thing that went wrong; `where` is the innermost line of the project. Equal `what` and `where` count once."""

    number: int
    kind: str
    step: str
    what: str
    where: str
    detail: str = ""
    times: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.what, self.where


@dataclass
class Found:
    """What a run has found so far."""

    inputs: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, int, int, str]] = field(default_factory=list)
    failures: dict[tuple[str, str], Failure] = field(default_factory=dict)
    bytes: int = 0
    memory: int = 0

    def fail(self, failure: Failure) -> None:
        if failure.key in self.failures:
            self.failures[failure.key].times += failure.times
        else:
            self.failures[failure.key] = failure

    def took(self, seconds: float, number: int, size: int, step: str) -> None:
        self.slowest = sorted([*self.slowest, (seconds, number, size, step)], reverse=True)[:10]

    def merge(self, other: Found) -> None:
        self.inputs += other.inputs
        self.reached += other.reached
        self.slowest = sorted([*self.slowest, *other.slowest], reverse=True)[:10]
        self.bytes += other.bytes
        self.memory = max(self.memory, other.memory)
        for failure in other.failures.values():
            self.fail(failure)


class Bench:
    """Meets inputs of a seed in this process and notes what goes wrong."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.trial = Trial(folder)
        self.found = Found()

    def meet(self, number: int) -> Failure | None:
        """Meet one input, and where it takes long, the one with its repetitions twice as long."""
        given = input_of(self.seed, number)
        before, started = memory(), process_time()
        failure = self.attempt(given, number)
        seconds = process_time() - started
        found = self.found
        found.inputs[given.kind] += 1
        found.bytes += len(given.data)
        found.memory = max(found.memory, memory())
        if seconds > WORTH_DOUBLING / 4:
            found.took(seconds, number, len(given.data), self.trial.doing)
        if failure is None and memory() - before > MOST_GROWTH:
            failure = Failure(number, given.kind, "", "memory", "", f"{(memory() - before) >> 10} MB more")
        if failure is None and seconds > WORTH_DOUBLING:
            failure = self._grows(given, number, seconds)
        if failure is not None:
            found.fail(failure)
        return failure

    def attempt(self, given: Input, number: int) -> Failure | None:
        """Put an input to the test; its failure, if any."""
        self.trial.doing = ""
        limit = SLOW * (len(given.data) // SLOW_BYTES + 1)
        try:
            with limited(limit):
                self.trial.meet(given, Dice(self.seed, -number))
        except TooLongError:
            return self._failure(given, number, "too slow", f"more than {limit} s of CPU", sys.exc_info()[1])
        except Exception as error:
            return self._failure(given, number, type(error).__name__, str(error)[:300], error)
        return None

    def _failure(self, given: Input, number: int, what: str, detail: str, error: BaseException | None) -> Failure:
        what = f"{what}: {detail}" if what == "AssertionError" else what
        return Failure(number, given.kind, self.trial.doing, what, innermost(error, self.trial.doing), detail)

    def _grows(self, given: Input, number: int, seconds: float) -> Failure | None:
        doubled = input_of(self.seed, number, 2)
        if len(doubled.data) < 1.5 * len(given.data):
            return None
        started = process_time()
        failure = self.attempt(doubled, number)
        again = process_time() - started
        if failure is None and again > STEEPEST * seconds:
            return Failure(number, given.kind, "", "grows too fast", "", f"{seconds:.2f} s, doubled {again:.2f} s")
        return failure

    def sets(self) -> None:
        """Ask the rules about sets for what they found in the inputs so far, and begin anew."""
        try:
            tallied(self.trial)
        except Exception as error:
            self.found.fail(Failure(-1, "set", "tally", type(error).__name__, innermost(error, ""), str(error)[:300]))
        self.found.reached = self.trial.reached


def memory() -> int:
    """The most memory this process has held, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def innermost(error: BaseException | None, step: str) -> str:
    """The innermost line of the project in a traceback; of a broken promise the step, since the line is the trial's."""
    if isinstance(error, AssertionError):
        return step
    frames = traceback.extract_tb(error.__traceback__ if error is not None else None)
    if isinstance(error, RecursionError | TooLongError):
        frames = frames[:25]
    own = [frame for frame in frames if "toolcall_data" in frame.filename] or frames
    return f"{'/'.join(Path(own[-1].filename).parts[-2:])}:{own[-1].lineno}" if own else ""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooLongError after so many seconds of CPU; kill the process where nothing listens for ten times as long."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    hard = int(spent.ru_utime + spent.ru_stime + 10 * seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (hard, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TooLongError


def listen() -> None:
    """Make the timer raise."""
    signal.signal(signal.SIGPROF, _too_long)


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
                    found.fail(Failure(number, kind, "", f"the process ended with {worker.process.exitcode}", str(number)))
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


def show(seed: int, number: int) -> None:
    """Meet one input again: its failure, its bytes as few as still fail in the same way, and the traceback."""
    listen()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(seed, Path(folder))
        given = input_of(seed, number)
        failure = bench.meet(number)
        print(failure)
        if failure is None:
            return
        if given.kind != "file" and len(given.data) < 30_000:
            given = Input(given.kind, smallest(given.data, lambda data: _fails(bench, number, given, data, failure)))
        print(given.data[:3000].decode("utf-8", "replace"))
        if failure.what not in ("memory", "grows too fast"):
            with limited(SLOW):
                bench.trial.meet(given, Dice(seed, -number))


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
    parser.add_argument("--only", type=int, metavar="N")
    options = parser.parse_args()
    if options.only is not None:
        show(options.seed, options.only)
        return 0
    started = perf_counter()

    def tell(found: Found) -> None:
        total = sum(found.inputs.values())
        line = f"{total:,} inputs, {len(found.failures)} failures, {total / (perf_counter() - started):,.0f} a second"
        print(line, file=sys.stderr, flush=True)

    found = run(options.seed, options.first, options.inputs, options.jobs, tell)
    print(f"seed {options.seed}, inputs {options.first} to {options.first + options.inputs - 1}")
    print(summary(found, perf_counter() - started))
    if options.failures is not None:
        lines = [json.dumps(asdict(failure), ensure_ascii=False) for failure in found.failures.values()]
        options.failures.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
