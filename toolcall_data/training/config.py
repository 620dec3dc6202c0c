"""From a recipe's training settings to the configuration file that LLaMA-Factory reads."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolcall_data.atomic import write_whole
from toolcall_data.cache import cache_dir
from toolcall_data.errors import RecipeError
from toolcall_data.events import Note
from toolcall_data.training.check import PlaceOf, check_options, check_template, nowhere
from toolcall_data.training.device import Device
from toolcall_data.training.options import Option, options
from toolcall_data.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Dataset:
    """An exported mix: `train` and `eval` are entries of the dataset_info.json in `dataset_dir`.

    `mix_hash` names the exact rows; `texts` gives the texts from which a tiny model's tokenizer is trained.
    """

    dataset_dir: Path
    train: str
    eval: str | None
    mix_hash: str
    texts: Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """One training: `model` is a folder or a hub name, `options` are the recipe's, `output_dir` is absolute."""

    model: str
    template: str
    options: Mapping[str, Any]
    dataset: Dataset
    output_dir: Path
    is_tiny: bool = False
    is_smoke: bool = False


OWNED = {
    "model_name_or_path": "set train.model",
    "template": "set train.template",
    "output_dir": "set train.output",
    "overwrite_output_dir": "use the flag --overwrite",
    "resume_from_checkpoint": "an interrupted training in train.output is continued by itself",
    "do_train": "`tcdata train` always trains",
    "dataset": "the recipe's sources and mix are the data",
    "eval_dataset": "the recipe's split makes it",
    "dataset_dir": "the recipe's export makes it",
    "max_samples": "it would cut every source at its head: set row counts in the recipe's mix",
    "val_size": "the recipe's split makes the evaluation set, by seed and without leaks",
    "mix_strategy": "the recipe's mix has already mixed the rows",
    "interleave_probs": "set weights in the recipe's mix",
    "streaming": "the mix is a local file, which needs no streaming",
    "tool_format": "the template brings its own: choose another train.template",
    "tokenized_path": "it would be read again after the mix has changed",
}
"""Options that a recipe cannot set, with what to do instead."""

LARGE_BATCHES = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": 8}

COMMON: dict[str, Any] = {
    "stage": "sft",
    "finetuning_type": "lora",
    "lora_rank": 8,
    "lora_target": "all",
    "cutoff_len": 2048,
    **LARGE_BATCHES,
    "learning_rate": 1e-4,
    "num_train_epochs": 3.0,
    "lr_scheduler_type": "cosine",
    "logging_steps": 5,
    "logging_first_step": True,
    "save_strategy": "steps",
    "save_steps": 100,
    "save_total_limit": 3,
    "plot_loss": True,
    "report_to": "none",
    "include_num_input_tokens_seen": True,
    "enable_jit_checkpoint": True,
    "overwrite_cache": False,
    "ddp_timeout": 180000000,
    "seed": 42,
}
"""What is used where a recipe says nothing.

`logging_steps` must be small: LLaMA-Factory's 500 logs no loss in a short run. `enable_jit_checkpoint` (transformers
5) makes a stopped training save a checkpoint of its last step (launch.py).
"""

SMOKE: dict[str, Any] = {
    "max_steps": 3,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "logging_steps": 1,
    "save_steps": 3,
    "warmup_steps": 0,
    "report_to": "none",
    "use_cpu": True,
}

NOT_IN_SMOKE = re.compile(
    r"num_train_epochs|warmup_ratio|bf16.*|fp16.*|half_precision_backend|pure_bf16|tf32|fp8.*|deepspeed|fsdp.*|ddp_.*"
    r"|quantization_.*|double_quantization|flash_attn|.*liger.*|use_unsloth.*|use_v1_kernels|torch_compile.*|torchdynamo"
    r"|push_to_hub.*|hub_.*|.*swanlab.*|trackio_.*|ray_.*|use_kt|kt_.*|vllm_.*|sglang_.*|use_mca|.*hyper_parallel.*"
    r"|adapter_name_or_path|adapter_folder|ref_model.*|reward_model.*|shift_attn|mixture_of_depths|use_muon"
    r"|auto_find_batch_size|load_best_model_at_end|metric_for_best_model|greater_is_better|early_stopping_steps"
)
"""Options that need a GPU, another package, an account or the real model, and those that decide the run's length."""

NOT_PLAIN_OPTIMIZER = re.compile(
    r"8bit|4bit|paged|bnb|apex|npu|xla|galore|apollo|lomo|grok|schedule_free|stable_adamw|anyp|ademamix|lion"
)


def resolve(
    job: Job, trainer: Trainer, device: Device, *, place_of: PlaceOf = nowhere
) -> tuple[dict[str, Any], list[Note]]:
    """The whole configuration, in the order in which it is written, and what a user should know about it.

    Raises:
        RecipeError: an option is unknown, wrong, or not the recipe's to set.
    """
    refuse_owned(job.options, place_of)
    given = check_options(job.options, trainer, place_of=place_of)
    check_template(job.template, trainer, place=place_of("template"))
    if given.get("eval_strategy", "no") != "no" and job.dataset.eval is None:
        raise RecipeError(
            "train.options.eval_strategy: the mix has no evaluation split",
            place=place_of("eval_strategy"),
            hint="add a split to the recipe, or leave eval_strategy out",
        )
    known = options(trainer)
    chosen = _defaults(job, given, known, device) | given
    chosen, notes = (_smoke(chosen, job), []) if job.is_smoke else _fit_device(chosen, device)
    whole = _place(job) | chosen | _evaluation(job.dataset, chosen) | {"overwrite_output_dir": False}
    return {name: value for name, value in whole.items() if name in known}, notes


def to_yaml(config: Mapping[str, Any]) -> str:
    """The configuration as YAML that means the same to YAML 1.1 (PyYAML, OmegaConf) and 1.2."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 4096
    yaml.representer.add_representer(float, _represent_float)
    text = io.StringIO()
    yaml.dump(_quoted(dict(config)), text)
    return text.getvalue()


def write_config(config: Mapping[str, Any], run_dir: Path) -> Path:
    """Writes `train.yaml` and gives its path.

    It lies in `run_dir`, or in the cache when that path has white space: LLaMA-Factory 0.9.5 splits its torchrun
    command at blanks (launcher.py:109).
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    path = run_dir / "train.yaml"
    if re.search(r"\s", str(path)):
        digest = hashlib.blake2b(str(run_dir).encode(), digest_size=6).hexdigest()
        path = cache_dir("configs") / f"{re.sub(r'[^A-Za-z0-9]+', '-', run_dir.name).strip('-')}-{digest}.yaml"
    header = "# Written by tcdata, which overwrites it; run.json beside the adapter has the command that starts it.\n"
    write_whole(path, header + to_yaml(config))
    return path


def refuse_owned(given: Mapping[str, Any], place_of: PlaceOf) -> None:
    """Refuses an option that tcdata sets itself.

    Raises:
        RecipeError: `given` holds one.
    """
    for name in given:
        if name in OWNED:
            raise RecipeError(
                f"train.options.{name}: tcdata sets `{name}` itself", place=place_of(name), hint=OWNED[name]
            )


def _place(job: Job) -> dict[str, Any]:
    place = {
        "model_name_or_path": job.model,
        "template": job.template,
        "do_train": True,
        "dataset": job.dataset.train,
        "dataset_dir": str(job.dataset.dataset_dir.absolute()),
        "output_dir": str(job.output_dir.absolute()),
    }
    # A tiny tokenizer has Qwen3's special tokens only; LLaMA-Factory adds those of another template.
    return place | ({"resize_vocab": True} if job.is_tiny and not job.template.startswith("qwen") else {})


def _defaults(job: Job, given: Mapping[str, Any], known: Mapping[str, Option], device: Device) -> dict[str, Any]:
    chosen = dict(COMMON)
    method = given.get("finetuning_type", "lora")
    if method != "lora":
        chosen |= {"lora_rank": None, "lora_target": None}
    if method == "full":
        chosen["learning_rate"] = 1e-5
    if job.is_tiny:
        # The tiny model knows nothing yet, and its batches cost nothing.
        chosen |= {"learning_rate": 2e-3, "per_device_train_batch_size": 2, "gradient_accumulation_steps": 1}
    if not given.keys() & {"warmup_steps", "warmup_ratio"}:
        # Since transformers 5 a fraction as `warmup_steps` means what `warmup_ratio` meant.
        has_fraction = "warmup_steps" in known and "float" in known["warmup_steps"].kinds
        chosen["warmup_steps" if has_fraction else "warmup_ratio"] = 0.1
    if "max_steps" in given:
        chosen["num_train_epochs"] = None
    if not given.keys() & {"bf16", "fp16", "pure_bf16", "fp8"} and device.has_bf16 and not job.is_tiny:
        chosen["bf16"] = True
    return {name: value for name, value in chosen.items() if value is not None}


def _fit_device(chosen: dict[str, Any], device: Device) -> tuple[dict[str, Any], list[Note]]:
    """Without the bf16 options where the device has no bf16: LLaMA-Factory would refuse to start."""
    dropped = [name for name in ("bf16", "pure_bf16") if chosen.get(name) and not device.has_bf16]
    if not dropped:
        return chosen, []
    where = "there is no GPU or NPU" if device.kind == "cpu" else f"this {device.kind} device has no bf16"
    note = Note(f"{' and '.join(dropped)} left out: {where}, so this training computes in float32", level="warning")
    return {name: value for name, value in chosen.items() if name not in dropped}, [note]


def _smoke(chosen: Mapping[str, Any], job: Job) -> dict[str, Any]:
    kept = {name: value for name, value in chosen.items() if not NOT_IN_SMOKE.fullmatch(name)}
    if NOT_PLAIN_OPTIMIZER.search(str(kept.get("optim", ""))):
        del kept["optim"]
    kept |= SMOKE | {"cutoff_len": min(512, int(chosen.get("cutoff_len", 512)))}
    if job.dataset.eval is not None and kept.get("eval_strategy", "steps") != "no":
        kept |= {"eval_strategy": "steps", "eval_steps": 3}
    return kept


def _evaluation(dataset: Dataset, chosen: Mapping[str, Any]) -> dict[str, Any]:
    if dataset.eval is None:
        return {}
    wanted: dict[str, Any] = {"eval_strategy": "steps", "eval_steps": chosen.get("save_steps", 100)}
    wanted["per_device_eval_batch_size"] = chosen.get("per_device_train_batch_size", 1)
    return {"eval_dataset": dataset.eval} | wanted | {name: chosen[name] for name in wanted if name in chosen}


def _quoted(value: Any) -> Any:
    """Quotes text that YAML 1.1 would take for something else: `no`, `1e-4`, `12:30`, `1_000`."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, Mapping):
        return {key: _quoted(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(one) for one in value]
    if isinstance(value, str) and (
        value.lower() in _WORDS_OF_YAML_1_1 or not re.fullmatch(r"[A-Za-z_/][\w./-]*", value)
    ):
        return DoubleQuotedScalarString(value)
    return value


_WORDS_OF_YAML_1_1 = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}


def _represent_float(representer: Any, value: float) -> Any:
    # YAML 1.1 needs the point: PyYAML reads 1e-05 as text.
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    return representer.represent_scalar("tag:yaml.org,2002:float", text)
