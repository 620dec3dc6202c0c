"""The last stage of a recipe: trains on the exported mix with LLaMA-Factory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue

from toolcall_data.errors import RecipeError, TrainerError
from toolcall_data.events import Done, Note, Tell
from toolcall_data.settings import Settings
from toolcall_data.training.check import PlaceOf, check_options, check_template, nowhere
from toolcall_data.training.config import Dataset, Job, refuse_owned, resolve, write_config
from toolcall_data.training.device import Device, find_device
from toolcall_data.training.launch import Launch, RunResult, Wanted, never, run
from toolcall_data.training.probe import compat_notes
from toolcall_data.training.record import RunRecord, change, claim, now, write_record
from toolcall_data.training.tiny import build_tiny
from toolcall_data.training.trainer import TESTED, find_trainer, version_notes
from toolcall_data.version import __version__

TINY = "tiny"


class TrainSettings(Settings):
    """How to train on the mix. Everything that LLaMA-Factory can do stands under `options`."""

    model: str
    """The model to train: a folder, a name on the hub such as `Qwen/Qwen3-4B`, or `tiny` for a small random Qwen3
    whose tokenizer is trained on the mix: offline, on a CPU, in seconds."""

    template: str = "qwen3"
    """LLaMA-Factory's name of the chat template that fits the model."""

    llamafactory: str | None = None
    """The environment that holds LLaMA-Factory, when it is not tcdata's own: the path of its python, of its folder
    or of its `llamafactory-cli`."""

    output: str = "runs/{name}"
    """The folder for the adapter, checkpoints and logs, relative to where the command runs; `{name}` is the recipe's
    name."""

    options: dict[str, JsonValue] = Field(default_factory=dict)
    """Any option of LLaMA-Factory's training by its own name. Where nothing is said: LoRA of rank 8 on all linear
    layers, cutoff_len 2048 (tokens), batch 1 with gradient_accumulation_steps 8, learning_rate 1e-4 with cosine decay
    after a warm-up of 10 % of the steps, 3 epochs, bf16 where the device has it, a log line every 5 and a checkpoint
    every 100 optimizer steps of which 3 are kept, seed 42."""


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What was written and run: `run` is None after a dry run, `command` starts the same training from a shell."""

    run_dir: Path
    config: Path
    command: str
    run: RunResult | None = None


def train(
    settings: TrainSettings,
    dataset: Dataset,
    *,
    run_dir: Path,
    tell: Tell,
    smoke: bool = False,
    dry_run: bool = False,
    overwrite: bool = False,
    place_of: PlaceOf = nowhere,
    stop: Wanted = never,
) -> TrainResult:
    """Trains on `dataset` into `run_dir`, or goes on where an interrupted training of the same mix stopped.

    With `smoke` a tiny model makes 3 steps with the recipe's options, as far as they need no GPU, in
    `<run_dir>-smoke`. With `dry_run` the configuration is written and nothing runs. `place_of` gives the recipe's
    `file:line` of an option.

    Raises:
        RecipeError: a setting or an option is wrong.
        UsageError: `run_dir` holds a finished training, or one on other data.
        InputError: LLaMA-Factory is not installed.
        TrainerError: LLaMA-Factory failed.
    """
    trainer = find_trainer(settings.llamafactory)
    for note in version_notes(trainer):
        tell(note)
    run_dir = run_dir.absolute().with_name(f"{run_dir.name}-smoke") if smoke else run_dir.absolute()
    is_tiny = smoke or settings.model == TINY
    device = Device() if smoke else find_device(trainer)
    # The options are checked before a tiny model is built or an earlier run is touched.
    job = Job(TINY, settings.template, settings.options, dataset, run_dir, is_tiny=is_tiny, is_smoke=smoke)
    config, notes = resolve(job, trainer, device, place_of=place_of)
    model = build_tiny(trainer, dataset.texts(), tell) if is_tiny else _model(settings.model, place_of)
    config["model_name_or_path"] = str(model)
    for note in [*notes, *compat_notes(trainer)]:
        tell(note)
    checkpoint = None if dry_run else claim(run_dir, dataset.mix_hash, config, overwrite=overwrite or smoke)
    if checkpoint is not None:
        tell(Note(f"goes on from {checkpoint.name}, where the last training on this mix stopped"))
    launch = Launch(trainer, write_config(config, run_dir), run_dir, _variables(config, job, device))
    if dry_run:
        return TrainResult(run_dir, launch.config, launch.shell_line)
    result = _run(launch, config, dataset.mix_hash, tell, stop)
    tell(Done("train", _summary(result)))
    return TrainResult(run_dir, launch.config, launch.shell_line, result)


def check_settings(settings: TrainSettings, place_of: PlaceOf = nowhere) -> None:
    """Refuses what is wrong in the settings themselves, before any data is read.

    Raises:
        RecipeError: a setting or an option is wrong.
        InputError: LLaMA-Factory is not installed.
    """
    trainer = find_trainer(settings.llamafactory)
    refuse_owned(settings.options, place_of)
    check_options(settings.options, trainer, place_of=place_of)
    check_template(settings.template, trainer, place=place_of("template"))
    if settings.model != TINY:
        _model(settings.model, place_of)


def _model(name: str, place_of: PlaceOf) -> str:
    folder = Path(name).expanduser()
    looks_like_path = name.startswith((".", "/", "~")) or folder.exists()
    if looks_like_path and not (folder / "config.json").is_file():
        raise RecipeError(
            f"train.model: {folder} is no folder with a model (it has no config.json)",
            place=place_of("model"),
            hint="give the folder that holds config.json and the weights, a hub name, or `tiny`",
        )
    return str(folder.absolute()) if looks_like_path else name


def _variables(config: Mapping[str, Any], job: Job, device: Device) -> dict[str, str]:
    variables: dict[str, str] = {}
    if job.is_smoke:
        variables["CUDA_VISIBLE_DEVICES"] = ""  # leaves the GPUs to others, and LLaMA-Factory starts one process only
    if job.is_tiny:
        variables["HF_HUB_OFFLINE"] = "1"
    if job.is_tiny and device.kind == "cpu":
        # Threads cost more than they gain on so small a model: 60 steps took 17 to 24 CPU seconds instead of 57 to 81.
        variables["OMP_NUM_THREADS"] = "1"
    if config.get("deepspeed"):
        variables["FORCE_TORCHRUN"] = "1"
    return variables


def _run(launch: Launch, config: Mapping[str, Any], mix_hash: str, tell: Tell, stop: Wanted) -> RunResult:
    versions = {"tcdata": __version__, **{name: launch.trainer.versions.get(name) for name in TESTED}}
    record = RunRecord("running", mix_hash, config, launch.shell_line, versions, started=now())
    write_record(launch.run_dir, record)

    def on_start(pid: int) -> None:
        nonlocal record
        record = change(launch.run_dir, record, pid=pid)

    try:
        result = run(launch, tell, stop=stop, on_start=on_start)
    except TrainerError as error:
        change(launch.run_dir, record, state="failed", pid=None, ended=now(), error=error.message)
        raise
    except BaseException:
        change(launch.run_dir, record, state="interrupted", pid=None, ended=now())
        raise
    change(
        launch.run_dir,
        record,
        state="interrupted" if result.interrupted else "done",
        pid=None,
        ended=now(),
        steps=result.steps,
        first_loss=result.first_loss,
        last_loss=result.last_loss,
    )
    return result


def _summary(result: RunResult) -> str:
    loss = "no loss logged"
    if result.first_loss is not None and result.last_loss is not None:
        loss = f"loss {result.first_loss:.4f} -> {result.last_loss:.4f}"
    where = result.adapter or result.checkpoint or "nothing saved yet"
    state = "interrupted: " if result.interrupted else ""
    return f"{state}{result.steps} of {result.total_steps} steps, {loss}, {result.seconds:.0f} s: {where}"
