"""The processes of a run, wherever they have gone: torchrun gives every worker a session of its own.

They are known by a mark in their environment, which only Linux shows; elsewhere a run is its first process alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

MARK = "TCDATA_RUN"
"""The environment variable that holds the run's folder."""

LAUNCHER = b"llamafactory/launcher.py"
"""The script of torchrun's workers (LLaMA-Factory 0.9.5, launcher.py:104)."""


def processes_of(run_dir: Path) -> list[int]:
    """Every living process of the run in `run_dir`, in no order; empty where the system does not tell."""
    mark = f"{MARK}={run_dir}".encode()
    pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if mark in _of_process(pid, "environ").split(b"\0")]


def training_processes(run_dir: Path, first: int) -> list[int]:
    """Those that train: torchrun's workers when there are any, else the `first` process.

    The launcher and torchrun would die of a signal that is meant for the training, and take the workers with them.
    """
    return [pid for pid in processes_of(run_dir) if _is_worker(_of_process(pid, "cmdline"))] or [first]


def signal_all(run_dir: Path, first: int, number: signal.Signals) -> None:
    """Sends the signal once to every process of the run, whose `first` one leads its own process group."""
    if Path("/proc/self").exists():
        for pid in {first, *processes_of(run_dir)}:
            send(pid, number)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(first, number)


def send(pid: int, number: signal.Signals) -> None:
    """Sends a signal to one process, which may have ended by now."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _is_worker(command: bytes) -> bool:
    return b"torchrun" not in command and any(word.endswith(LAUNCHER) for word in command.split(b"\0"))


def _of_process(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
