"""Judging tasks in several processes.

Tasks go round in turn, so that it is known beforehand who judges what; batches are taken in the order of the tasks.
Each worker has a pipe of its own. It waits when its pipe is full, so memory stays bounded however much is found, and it
ends when the other end of its pipe is gone.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from toolcall_data.errors import TcdataError
from toolcall_data.judging import Batch, Judge, Task, few_collections, judge
from toolcall_data.rules.base import Rule
from toolcall_data.target.templates import Target

_AHEAD = 3
"""How many tasks a worker has been given and not finished, at most."""


class _Worker:
    """A process and this side of its pipe."""

    def __init__(self, rules: Sequence[Rule], target: Target | None, others: Sequence[_Worker]) -> None:
        is_fork = _can_fork()
        context = multiprocessing.get_context("fork") if is_fork else multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        inherited = [worker.pipe for worker in (*others, self)] if is_fork else []
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, rules, target, inherited), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, task: Task) -> None:
        """Hand over a task.

        Raises:
            TcdataError: the process is gone.
        """
        with self._is_there():
            self.pipe.send(task)

    @contextmanager
    def _is_there(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError) as error:
            self.process.join(1)
            raise TcdataError(
                f"a worker process ended in the middle of its work (exit code {self.process.exitcode})",
                hint="if memory ran out, `--jobs 1` needs the least",
            ) from error

    def batches(self) -> Iterator[Batch]:
        """What the next task gives.

        Raises:
            InputError: the task's file cannot be read; TcdataError: the process is gone.
        """
        while (said := self._said()) is not None:
            if isinstance(said, Exception):
                raise said
            yield said

    def _said(self) -> Batch | Exception | None:
        with self._is_there():
            said: Batch | Exception | None = self.pipe.recv()
        return said

    def end(self) -> None:
        self.process.terminate()
        self.pipe.close()


def judge_in_turn(
    tasks: Iterable[Task], rules: Sequence[Rule], count: int, target: Target | None = None
) -> Iterator[Batch]:
    """The batches of all tasks in order, judged by `count` processes.

    Raises:
        InputError: a file cannot be read; everything before it was given.
        TcdataError: a worker was killed.
    """
    workers: list[_Worker] = []
    try:
        for _ in range(count):
            workers.append(_Worker(rules, target, workers))
        yield from _in_order(tasks, workers)
    finally:
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.process.join()


def _in_order(tasks: Iterable[Task], workers: Sequence[_Worker]) -> Iterator[Batch]:
    left = iter(tasks)
    given: deque[_Worker] = deque()
    number = 0
    while True:
        while len(given) < _AHEAD * len(workers) and (task := next(left, None)) is not None:
            worker = workers[number % len(workers)]
            worker.give(task)
            given.append(worker)
            number += 1
        if not given:
            return
        yield from given.popleft().batches()


def _can_fork() -> bool:
    """Forking costs nothing, but copies locks that other threads hold, and macOS's own libraries do not bear it."""
    return sys.platform == "linux" and threading.active_count() == 1


def _serve(pipe: Connection, rules: Sequence[Rule], target: Target | None, inherited: Sequence[Connection]) -> None:
    """Judge task after task until the pipe is closed; Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    judging = Judge(rules, target)
    gc.freeze()
    with few_collections():
        try:
            while True:
                _answer(pipe, judging)
        except (EOFError, OSError):
            return


def _answer(pipe: Connection, judging: Judge) -> None:
    task: Task = pipe.recv()
    try:
        for batch in judge(task, judging, at_once=False):
            pipe.send(batch)
    except TcdataError as error:
        pipe.send(error)
    else:
        pipe.send(None)
