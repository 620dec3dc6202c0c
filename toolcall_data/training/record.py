"""What a run folder says about its training, `run.json`, and whether it may be used again."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from toolcall_data.atomic import write_whole
from toolcall_data.errors import UsageError
from toolcall_data.training.processes import processes_of

NAME = "run.json"

State = Literal["running", "done", "failed", "interrupted"]

WEIGHTS = ("adapter_model.safetensors", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")

_OUTPUTS = re.compile(
    r"checkpoint-\d+|adapter_(config\.json|model\..*)|(pytorch_)?model.*\.(safetensors|bin|json)|config\.json"
    r"|generation_config\.json|(all|train|eval)_results\.json|trainer_(log\.jsonl|state\.json)|training_args\.bin"
    r"|training_.*\.png|running_log\.txt|train\.(log|yaml)|tokenizer.*|chat_template\.jinja|special_tokens_map\.json"
    r"|added_tokens\.json|vocab\.json|merges\.txt|README\.md|run\.json"
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """`run.json`. Times are UTC in ISO 8601; losses are None before the first logged step."""

    state: State
    mix_hash: str
    config: Mapping[str, Any]
    command: str
    versions: Mapping[str, str | None] = field(default_factory=dict)
    pid: int | None = None
    started: str | None = None
    ended: str | None = None
    steps: int | None = None
    first_loss: float | None = None
    last_loss: float | None = None
    error: str | None = None


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_record(run_dir: Path) -> RunRecord | None:
    """The record of a run folder, None when it has none that can be read."""
    try:
        found = json.loads((run_dir / NAME).read_text(encoding="utf-8"))
        return RunRecord(**{name: found[name] for name in RunRecord.__slots__ if name in found})
    except (OSError, ValueError, TypeError):
        return None


def write_record(run_dir: Path, record: RunRecord) -> RunRecord:
    """Writes the record in one step, so that a reader never sees half of it."""
    run_dir.mkdir(parents=True, exist_ok=True)
    write_whole(run_dir / NAME, json.dumps(_finite(asdict(record)), ensure_ascii=False, indent=2) + "\n")
    return record


def change(run_dir: Path, record: RunRecord, **values: Any) -> RunRecord:
    """Writes the record with some of its values replaced, and gives the new one."""
    return write_record(run_dir, replace(record, **values))


def newest_checkpoint(run_dir: Path) -> Path | None:
    """The complete checkpoint with the highest step, None when there is none."""
    found = [
        folder
        for folder in run_dir.glob("checkpoint-*")
        if folder.name.removeprefix("checkpoint-").isdigit() and _is_whole(folder)
    ]
    return max(found, key=lambda folder: int(folder.name.removeprefix("checkpoint-")), default=None)


def _is_whole(checkpoint: Path) -> bool:
    # transformers writes trainer_state.json last, and its stop on SIGTERM leaves this marker until it is through.
    marker = checkpoint / "checkpoint-is-incomplete.txt"
    return (checkpoint / "trainer_state.json").is_file() and not marker.exists()


def has_weights(run_dir: Path) -> bool:
    """Whether a trained adapter or model lies in the folder itself."""
    return any((run_dir / name).is_file() for name in WEIGHTS)


IDENTITY = ("model_name_or_path", "template", "stage", "finetuning_type", "lora_rank", "lora_alpha", "lora_target")
"""Options that must be the same for a training to go on: others change how it goes on, these what it is."""


def claim(run_dir: Path, mix_hash: str, config: Mapping[str, Any], *, overwrite: bool = False) -> Path | None:
    """Makes sure that `run_dir` may be trained in: the checkpoint to go on from, None to begin at the first step.

    LLaMA-Factory 0.9.5 goes on from any checkpoint it finds there, whatever data that came from, and calls a finished
    run finished once more after overwriting its results. So a finished run, another mix and a folder that tcdata did
    not make are refused. With `overwrite` the earlier training's files are deleted, and no others.

    Raises:
        UsageError: the folder may not be used.
    """
    record = read_record(run_dir)
    if record is None:
        if has_weights(run_dir) or any(run_dir.glob("checkpoint-*")):
            raise UsageError(
                "the output folder holds a training that tcdata did not make",
                place=run_dir,
                hint="choose another train.output, or move that folder away",
            )
        return None
    if record.state == "running" and (pid := _alive(run_dir, record.pid)):
        raise UsageError(
            f"process {pid} is training in this folder right now",
            place=run_dir,
            hint=f"wait for it, or stop it with `kill {pid}`",
        )
    if overwrite:
        _clear(run_dir)
        return None
    if record.state == "done":
        raise UsageError(
            f"this training is finished (last loss {_loss(record.last_loss)}, {record.ended})",
            place=run_dir,
            hint="use --overwrite to train again from the start, or choose another train.output",
        )
    checkpoint = newest_checkpoint(run_dir)
    if checkpoint is None:
        _clear(run_dir)
        return None
    _refuse_other(record, run_dir, checkpoint, mix_hash, config)
    for folder in run_dir.glob("checkpoint-*"):
        if not _is_whole(folder):
            shutil.rmtree(folder)  # LLaMA-Factory would try to go on from it
    return checkpoint


def _refuse_other(record: RunRecord, run_dir: Path, checkpoint: Path, mix_hash: str, config: Mapping[str, Any]) -> None:
    if record.mix_hash != mix_hash:
        other = "its data was another mix than now"
    elif changed := [name for name in IDENTITY if record.config.get(name) != config.get(name)]:
        name = changed[0]
        other = f"its {name} was {record.config.get(name)} and is {config.get(name)} now"
    else:
        return
    raise UsageError(
        f"the training here stopped at {checkpoint.name}, and {other}",
        place=run_dir,
        hint="use --overwrite to train from the start, or choose another train.output",
    )


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """Without NaN and infinity, which are no JSON."""
    return {key: None if isinstance(one, float) and not math.isfinite(one) else one for key, one in values.items()}


def _clear(run_dir: Path) -> None:
    for path in run_dir.iterdir():
        if _OUTPUTS.fullmatch(path.name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _alive(run_dir: Path, pid: int | None) -> int | None:
    """A process that trains in `run_dir` now: one that says so itself, or where none can say so, the recorded one."""
    if found := processes_of(run_dir):
        return min(found)
    if pid is None or Path("/proc/self").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return pid
    return pid


def _loss(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
