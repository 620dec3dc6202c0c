"""Meeting inputs in one process: what goes wrong, how long each takes, how much memory it needs."""

from __future__ import annotations

import resource
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from types import FrameType

from tests.fuzz.dice import Dice
from tests.fuzz.inputs import Input, Kind, input_of
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
SHOWN_BYTES = 100_000
"""Bytes of a failing input that are kept."""


class TooLongError(BaseException):
    """Ends an input that takes too long; no `except Exception` on the way stops it."""


@dataclass
class Failure:
    """One thing that went wrong; `where` is the innermost line of the project. Equal `what` and `where` count once."""

    number: int
    kind: Kind
    step: str
    what: str
    where: str
    detail: str = ""
    times: int = 1
    data: str = ""

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
            failure.data = given.data[:SHOWN_BYTES].decode("utf-8", "surrogateescape")
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
            self.found.fail(Failure(-1, "file", "tally", type(error).__name__, innermost(error, ""), str(error)[:300]))
        self.found.reached = self.trial.reached


def memory() -> int:
    """The most memory this process has held, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def innermost(error: BaseException | None, step: str) -> str:
    """The innermost line of the project in a traceback; of a broken promise the step, since the line is the trial's."""
    if isinstance(error, AssertionError):
        return step
    frames = list(traceback.extract_tb(error.__traceback__ if error is not None else None))
    # Of an endless recursion or a hang, where it ended says little: the call that went astray is near the top.
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
    """Make the timer raise, and warnings too."""
    warnings.simplefilter("error")
    signal.signal(signal.SIGPROF, _too_long)
