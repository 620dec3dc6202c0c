"""Runs LLaMA-Factory as a child process: follows its log, hands a stop on to it, tells how it ended."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from toolcall_data.errors import TrainerError
from toolcall_data.events import Note, Started, Tell
from toolcall_data.training.failures import Diagnosis, diagnose, end_of
from toolcall_data.training.probe import environment
from toolcall_data.training.processes import MARK, processes_of, send, signal_all, training_processes
from toolcall_data.training.progress import LOG_NAME, Follower, losses, read_steps
from toolcall_data.training.record import has_weights, newest_checkpoint
from toolcall_data.training.tail import Tail
from toolcall_data.training.trainer import Trainer

TRAIN_LOG = "train.log"

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 10.0
"""How long a process may take to obey one signal before it gets the next, harder one."""

TRAINING, SAVING = "training", "saving"
PHASES = (
    (re.compile(r"Loading dataset|Running tokenizer on dataset|Converting format of dataset"), "tokenising the data"),
    (re.compile(r"loading weights file|Loading weights"), "loading the model"),
    (re.compile(r"\*{5} Running training \*{5}"), TRAINING),
    (re.compile(r"Training completed"), SAVING),
)


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start: the trainer, its configuration file, the folder it writes to, extra environment variables."""

    trainer: Trainer
    config: Path
    run_dir: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        """The process, as a list of arguments."""
        return [str(self.trainer.python), "-m", "llamafactory.cli", "train", str(self.config)]

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables without which the command would not run here, or not the same."""
        return {**environment(self.trainer), **self.extra}

    @property
    def shell_line(self) -> str:
        """What to paste into a shell to run exactly this again."""
        variables = [f"{name}={shlex.quote(value)}" for name, value in self.variables.items()]
        return " ".join([*variables, shlex.join(self.command)])


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a training ended.

    `adapter` is the folder with the trained weights, `checkpoint` the newest checkpoint in it; both None when there
    is none. Losses are None when no step was logged. `seconds` is wall time, start-up included.
    """

    adapter: Path | None
    checkpoint: Path | None
    first_loss: float | None
    last_loss: float | None
    steps: int
    total_steps: int
    seconds: float
    command: str
    log: Path
    interrupted: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every planned step was made."""
        return self.steps >= self.total_steps > 0


Wanted = Callable[[], int]
"""How often the user has asked to stop so far."""


def never() -> int:
    """Nobody asks to stop."""
    return 0


def run(
    launch: Launch, tell: Tell, *, stop: Wanted = never, on_start: Callable[[int], object] | None = None
) -> RunResult:
    """Trains, and returns when the trainer's process has ended.

    The first Ctrl-C (or SIGTERM, or a rise of `stop()`) lets the trainer finish its step and save; before its first
    step it is simply ended. The second ends it at once. `on_start` gets the process id.

    Raises:
        TrainerError: it failed, or ended without having trained.
    """
    started = time.monotonic()
    log = launch.run_dir / TRAIN_LOG
    launch.run_dir.mkdir(parents=True, exist_ok=True)
    tell(Started("train", unit="steps"))
    tell(Note(f"starting LLaMA-Factory {launch.trainer.version}; its imports take several seconds", "progress"))
    with _stops_counted() as counted:

        def wanted() -> int:
            return counted() + stop()

        returncode = _follow(launch, log, tell, wanted, on_start)
        asked = wanted()
    result = _result(launch, log, seconds=time.monotonic() - started)
    if asked and (returncode != 0 or not result.is_complete):
        result = replace(result, interrupted=True)
    else:
        _raise_failure(launch, log, returncode)
    for note in _doubts(launch.run_dir, result):
        tell(note)
    return result


def _follow(launch: Launch, log: Path, tell: Tell, wanted: Wanted, on_start: Callable[[int], object] | None) -> int:
    checkpoint = newest_checkpoint(launch.run_dir)
    tokens_before = int(_state(checkpoint).get("num_input_tokens_seen") or 0) if checkpoint else 0
    follower = Follower(launch.run_dir / LOG_NAME, tokens_before=tokens_before)
    phases = _Phases(Tail(log, skip_existing=True))
    with log.open("ab") as output:
        child = subprocess.Popen(
            launch.command,
            env=_environment(launch),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C reaches tcdata only, which passes it on
        )
    stopper = _Stopper(child, launch, tell)
    try:
        if on_start is not None:
            on_start(child.pid)
        while child.poll() is None:
            _look(phases, follower, tell)
            stopper.act(wanted(), has_begun=phases.has_begun)
            time.sleep(POLL_SECONDS)
        _look(phases, follower, tell)
    finally:
        _end_all(child, launch.run_dir)
    return child.returncode


def _look(phases: _Phases, follower: Follower, tell: Tell) -> None:
    """Tells what is new. The two logs are not in step with each other: a phase comes before its steps, saving after."""
    reached = phases.new()
    steps = list(follower.new_steps())
    for name in reached:
        if name != SAVING:
            tell(Note(name, "progress"))
    for step in steps:
        tell(step)
    if SAVING in reached:
        tell(Note(SAVING, "progress"))


class _Phases:
    """The phases of a training, each once, as the trainer's own log shows that it has come to them."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._left = list(PHASES)
        self.has_begun = False

    def new(self) -> list[str]:
        names = []
        for line in self._tail.lines():
            reached = next((i for i, (pattern, _) in enumerate(self._left) if pattern.search(line)), None)
            if reached is not None:
                names.append(self._left[reached][1])
                del self._left[: reached + 1]
        self.has_begun = self.has_begun or TRAINING in names
        return names


class _Stopper:
    """Turns what the user asks into signals for the trainer, each harder than the one before.

    In training the first means "finish this step, save, exit with 0". That is SIGTERM when `enable_jit_checkpoint` is
    set: transformers 5 saves a checkpoint of the very step, 3 seconds later. Else it is SIGABRT, which LLaMA-Factory
    understands when LLAMABOARD_ENABLED is set (0.9.5, train/callbacks.py:191): the model is saved, and a later
    training goes on from the last regular checkpoint.
    """

    def __init__(self, child: subprocess.Popen[bytes], launch: Launch, tell: Tell) -> None:
        self._child, self._run_dir, self._tell = child, launch.run_dir, tell
        self._gentle = _gentle_signal(launch)
        self._asked = 0
        self._harder = iter((signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
        self._next_at = math.inf

    def act(self, asked: int, *, has_begun: bool) -> None:
        if asked > self._asked == 0 and has_begun:
            self._asked = asked
            self._tell(Note("stopping after this step and saving; once more to stop at once", level="warning"))
            for pid in training_processes(self._run_dir, self._child.pid):
                send(pid, self._gentle)
        elif asked > self._asked:
            self._tell(Note("stopping the trainer", level="warning"))
            self._asked, self._next_at = asked, 0.0
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + PATIENCE_SECONDS
            signal_all(self._run_dir, self._child.pid, next(self._harder, signal.SIGKILL))


def _gentle_signal(launch: Launch) -> signal.Signals:
    asked_for = re.search(r"^enable_jit_checkpoint: true$", launch.config.read_text(encoding="utf-8"), re.MULTILINE)
    return signal.SIGTERM if asked_for else signal.SIGABRT


def _end_all(child: subprocess.Popen[bytes], run_dir: Path) -> None:
    """Leaves no process behind, also when tcdata itself fails half-way."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None and not processes_of(run_dir):
            return
        signal_all(run_dir, child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=PATIENCE_SECONDS)


@contextlib.contextmanager
def _stops_counted() -> Iterator[Wanted]:
    """Counts SIGINT, SIGTERM and SIGHUP instead of dying from them; only the main thread may do so."""
    count = 0

    def on_signal(number: int, frame: object) -> None:
        nonlocal count
        count += 1

    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        # Under nohup SIGHUP is ignored, and stays so.
        has_hangup = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if has_hangup else [])]
        before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield lambda: count
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _environment(launch: Launch) -> dict[str, str]:
    # torchrun is started by name (LLaMA-Factory 0.9.5, launcher.py:96), so it must be this environment's.
    path = os.pathsep.join(filter(None, (str(launch.trainer.python.parent), os.environ.get("PATH"))))
    own = {
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "LLAMABOARD_ENABLED": "1",
        "LLAMABOARD_WORKDIR": str(launch.run_dir),
        MARK: str(launch.run_dir),
    }
    return {"TOKENIZERS_PARALLELISM": "false", **os.environ, **own, **launch.variables}


def _result(launch: Launch, log: Path, *, seconds: float) -> RunResult:
    steps = read_steps(launch.run_dir / LOG_NAME)
    found = losses(steps)
    state = _state(launch.run_dir)
    made = int(state.get("global_step") or (steps[-1].step if steps else 0))
    total = int(state.get("max_steps") or (steps[-1].total_steps if steps else 0))
    return RunResult(
        adapter=launch.run_dir if has_weights(launch.run_dir) else None,
        checkpoint=newest_checkpoint(launch.run_dir),
        first_loss=found[0] if found else None,
        last_loss=found[-1] if found else None,
        steps=made,
        total_steps=total,
        seconds=seconds,
        command=launch.shell_line,
        log=log,
    )


def _raise_failure(launch: Launch, log: Path, returncode: int) -> None:
    text = end_of(log)
    if returncode != 0:
        found = diagnose(text, returncode)
    elif not _state(launch.run_dir):
        found = Diagnosis(
            "the trainer ended without an error and without having trained",
            "its configuration lacks do_train, or names no data",
            "compare train.yaml in the run folder with what `tcdata train --dry-run` writes",
        )
    else:
        return
    raise TrainerError(
        f"LLaMA-Factory failed (exit code {returncode}): {found.error}",
        place=log,
        hint=found.hint,
        log=log,
        returncode=returncode,
    )


def _doubts(run_dir: Path, result: RunResult) -> Iterator[Note]:
    """What a successful exit code hides."""
    if not result.interrupted and not result.is_complete:
        yield Note(f"incomplete: {result.steps} of {result.total_steps} steps were made", level="warning")
    history = [entry for entry in _state(run_dir).get("log_history", []) if "loss" in entry]
    # With logging_nan_inf_filter, transformers logs 0.0 for a loss that is not a number.
    broken = [entry for entry in history[-3:] if not math.isfinite(entry.get("grad_norm") or 0) or not _is_loss(entry)]
    if broken:
        yield Note(
            f"the loss broke down by step {broken[0].get('step')} (not a number): lower the learning rate, use bf16 "
            "instead of fp16, and look for rows without any trained token",
            level="warning",
        )


def _is_loss(entry: Mapping[str, Any]) -> bool:
    return math.isfinite(entry["loss"]) and entry["loss"] != 0.0


def _state(folder: Path) -> dict[str, Any]:
    """What transformers says about the training in a run's folder or in a checkpoint; empty when nothing."""
    try:
        found: dict[str, Any] = json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
