from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.errors import RecipeError
from toolcall_data.training.config import OWNED, Dataset, Job, resolve, to_yaml, write_config
from toolcall_data.training.device import Device
from toolcall_data.training.options import options
from toolcall_data.training.trainer import TESTED, Trainer

CPU, GPU = Device(), Device("cuda", 1, has_bf16=True)


def job(dataset: Dataset, /, **given: Any) -> Job:
    return Job("some/model", "qwen3", given, dataset, Path("runs/a"))


def test_a_recipe_without_options_gets_a_whole_configuration(trainer: Trainer, dataset: Dataset) -> None:
    config, notes = resolve(job(dataset), trainer, GPU)
    assert notes == []
    assert config["model_name_or_path"] == "some/model"
    assert config["dataset_dir"] == str(dataset.dataset_dir)
    assert Path(config["output_dir"]).is_absolute()
    assert (config["do_train"], config["finetuning_type"], config["bf16"]) == (True, "lora", True)
    assert config["logging_steps"] <= 10
    assert config["overwrite_output_dir"] is False
    assert config.keys() <= options(trainer).keys()
    assert not config.keys() & {"max_samples", "tool_format", "val_size", "mix_strategy", "streaming", "eval_dataset"}


def test_a_recipe_s_options_win_over_the_defaults(trainer: Trainer, dataset: Dataset) -> None:
    config, _ = resolve(job(dataset, learning_rate="5e-5", max_steps=7, warmup_ratio=0.2), trainer, GPU)
    assert (config["learning_rate"], config["max_steps"], config["warmup_ratio"]) == (5e-5, 7, 0.2)
    assert not config.keys() & {"num_train_epochs", "warmup_steps"}


@pytest.mark.parametrize("name", sorted(OWNED))
def test_what_tcdata_sets_itself_is_refused_with_the_way_to_set_it(
    trainer: Trainer, dataset: Dataset, name: str
) -> None:
    assert name in options(trainer)
    with pytest.raises(RecipeError, match=f"tcdata sets `{name}` itself") as caught:
        resolve(job(dataset, **{name: "x"}), trainer, CPU)
    assert caught.value.hint


def test_bf16_is_left_out_where_there_is_no_gpu(trainer: Trainer, dataset: Dataset) -> None:
    config, notes = resolve(job(dataset, bf16=True), trainer, CPU)
    assert "bf16" not in config
    assert [note.level for note in notes] == ["warning"]
    assert "no GPU" in notes[0].text


def test_an_evaluation_split_is_used(trainer: Trainer, dataset: Dataset) -> None:
    config, _ = resolve(job(replace(dataset, eval="mixed_eval"), save_steps=50), trainer, CPU)
    assert (config["eval_dataset"], config["eval_strategy"], config["eval_steps"]) == ("mixed_eval", "steps", 50)


def test_evaluating_without_a_split_is_refused(trainer: Trainer, dataset: Dataset) -> None:
    with pytest.raises(RecipeError, match="no evaluation split"):
        resolve(job(dataset, eval_strategy="epoch"), trainer, CPU)


def test_smoke_keeps_the_recipe_s_options_and_drops_what_needs_a_gpu(trainer: Trainer, dataset: Dataset) -> None:
    needs_more = {
        "deepspeed": "ds.json",
        "quantization_bit": 4,
        "flash_attn": "fa2",
        "bf16": True,
        "enable_liger_kernel": True,
        "optim": "paged_adamw_8bit",
        "report_to": "wandb",
        "push_to_hub": True,
        "num_train_epochs": 5,
    }
    kept = {"lora_target": "q_proj,v_proj", "neat_packing": True, "lora_rank": 4, "lr_scheduler_type": "linear"}
    smoke = replace(job(dataset, **needs_more, **kept), is_tiny=True, is_smoke=True)
    config, notes = resolve(smoke, trainer, GPU)
    assert notes == []
    assert kept.items() <= config.items()
    assert not config.keys() & (needs_more.keys() - {"report_to"})
    assert (config["max_steps"], config["cutoff_len"], config["report_to"]) == (3, 512, "none")


def test_the_yaml_means_the_same_to_every_reader(tmp_path: Path, trainer: Trainer, dataset: Dataset) -> None:
    yaml = pytest.importorskip("yaml")
    omegaconf = pytest.importorskip("omegaconf")
    awkward = {
        "learning_rate": 1e-5,
        "adam_epsilon": 1e-08,
        "eval_strategy": "no",
        "run_name": "12:30",
        "logging_dir": "日志 a: b # c",
        "warmup_steps": 0.1,
        "lr_scheduler_kwargs": {"num_cycles": 2, "name": "on"},
        "label_names": ["yes", "1e-4"],
    }
    config, _ = resolve(job(dataset, **awkward), trainer, CPU)
    path = write_config(config, tmp_path / "run")
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == config
    assert omegaconf.OmegaConf.to_container(omegaconf.OmegaConf.load(path)) == config
    assert awkward.items() <= config.items()


def test_the_yaml_never_lies_on_a_path_with_blanks(tmp_path: Path) -> None:
    path = write_config({"seed": 1}, tmp_path / "my runs" / "a")
    assert " " not in str(path)
    assert path.read_text(encoding="utf-8").endswith("seed: 1\n")
    assert not list(path.parent.glob("*.tmp"))


def test_to_yaml_keeps_the_order_and_chinese() -> None:
    assert to_yaml({"b": "模型/甲", "a": 1}) == 'b: "模型/甲"\na: 1\n'


def test_the_constraints_pin_the_tested_versions() -> None:
    lines = (Path(__file__).parents[2] / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("#")[0].strip().split("==") for line in lines if "==" in line.split("#")[0])
    assert len(pins) > 10
    assert TESTED.items() <= pins.items()
