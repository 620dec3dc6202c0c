"""Whether torchvision and torchaudio work in the trainer's environment, and what to do for the trainer if not."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Literal

from toolcall_data.atomic import write_whole
from toolcall_data.cache import cache_dir
from toolcall_data.events import Note
from toolcall_data.training.trainer import Trainer, script_environment

Condition = Literal["ok", "absent", "broken"]

COMPAT = Path(__file__).with_name("compat")

# A broken package raises almost anything (RuntimeError, OSError, ImportError), and may bring the process down.
SCRIPT = """
import importlib, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        found[name] = "ok"
    except BaseException as error:
        found[name] = "absent" if getattr(error, "name", None) == name else "broken"
print(json.dumps(found))
"""


def probe(trainer: Trainer) -> dict[str, Condition]:
    """The condition of torchvision and torchaudio: `ok`, `absent` or `broken`.

    A package that is installed has to be imported to know, in a process of its own (about 3 seconds); the answer is
    kept on disk per interpreter and versions.
    """
    installed = [name for name in ("torchvision", "torchaudio") if trainer.has(name)]
    found: dict[str, Condition] = dict.fromkeys(("torchvision", "torchaudio"), "absent")
    return found | _tried(trainer, installed) if installed else found


def environment(trainer: Trainer) -> dict[str, str]:
    """The environment variables with which text-only training runs there; empty when nothing is missing."""
    found = probe(trainer)
    extra: dict[str, str] = {}
    if found["torchvision"] == "broken":
        extra["TCDATA_HIDE"] = "torchvision"
    if found["torchaudio"] != "ok":
        extra["TCDATA_STAND_IN"] = "torchaudio"
    if extra:
        extra["PYTHONPATH"] = os.pathsep.join(filter(None, (str(COMPAT), os.environ.get("PYTHONPATH"))))
    return extra


def compat_notes(trainer: Trainer) -> list[Note]:
    """One line for the user when something is hidden from the trainer or replaced; usually empty."""
    wrong = [f"{name} is {state}" for name, state in probe(trainer).items() if state == "broken"]
    if not wrong:
        return []
    return [Note(f"{' and '.join(wrong)} beside torch {trainer.torch_version}: trains on text only, without them")]


def _tried(trainer: Trainer, names: list[str]) -> dict[str, Condition]:
    kept = cache_dir("trainer") / f"{_key(trainer)}.json"
    try:
        found: dict[str, Condition] = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = _run(trainer, names)
        write_whole(kept, json.dumps(found))
    return found


def _key(trainer: Trainer) -> str:
    versions = [trainer.versions.get(name) for name in ("torch", "torchvision", "torchaudio")]
    return hashlib.sha256(json.dumps([str(trainer.python), versions]).encode()).hexdigest()[:24]


def _run(trainer: Trainer, names: list[str]) -> dict[str, Condition]:
    try:
        done = subprocess.run(
            [str(trainer.python), "-c", SCRIPT, *names],
            capture_output=True,
            text=True,
            timeout=300,
            env=script_environment(),
        )
        found: dict[str, Condition] = json.loads(done.stdout.splitlines()[-1])
        return found
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        return dict.fromkeys(names, "broken")
