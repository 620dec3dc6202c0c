from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from toolcall_data.errors import RecipeError
from toolcall_data.training.check import check_options, check_template
from toolcall_data.training.options import options, template_names
from toolcall_data.training.probe import environment
from toolcall_data.training.trainer import Trainer, script_environment


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"learning_rate": "1e-4"}, {"learning_rate": 1e-4}),
        ({"learning_rate": 1e-4}, {"learning_rate": 1e-4}),
        ({"cutoff_len": "2048"}, {"cutoff_len": 2048}),
        ({"cutoff_len": 2048.0}, {"cutoff_len": 2048}),
        ({"num_train_epochs": 3}, {"num_train_epochs": 3}),
        ({"plot_loss": "no"}, {"plot_loss": False}),
        ({"eval_strategy": False}, {"eval_strategy": "no"}),
        ({"lora_target": ["q_proj", "v_proj"]}, {"lora_target": "q_proj,v_proj"}),
        ({"lora_alpha": None}, {"lora_alpha": None}),
        ({"warmup_steps": 0.1}, {"warmup_steps": 0.1}),
        ({"report_to": ["wandb", "tensorboard"]}, {"report_to": ["wandb", "tensorboard"]}),
        ({"deepspeed": "ds.json"}, {"deepspeed": "ds.json"}),
        ({"deepspeed": {"stage": 3}}, {"deepspeed": {"stage": 3}}),
        ({"include_num_input_tokens_seen": True}, {"include_num_input_tokens_seen": True}),
        ({"optim": "adamw_torch"}, {"optim": "adamw_torch"}),
        ({"overwrite_output_dir": True}, {"overwrite_output_dir": True}),
        ({"model_revision": 1.5}, {"model_revision": "1.5"}),
    ],
    ids=lambda value: json.dumps(value),
)
def test_right_options_come_back_in_the_type_meant(trainer: Trainer, given: dict[str, Any], meant: object) -> None:
    assert check_options(given, trainer) == meant


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"learning_rte": 1}, "knows no option `learning_rte`", "did you mean `learning_rate`?"),
        ({"evaluation_strategy": "steps"}, "knows no option", "use `eval_strategy`"),
        ({"lora_r": 8}, "knows no option", "`lora_rank`"),
        ({"compute_dtype": "bf16"}, "knows no option", ""),
        ({"cutoff_len": "abc"}, "`abc` should be a whole number", "cutoff length"),
        ({"cutoff_len": 2048.5}, "should be a whole number", ""),
        ({"cutoff_len": None}, "null should be a whole number", ""),
        ({"cutoff_len": True}, "should be a whole number", ""),
        ({"bf16": "maybe"}, "should be true or false", ""),
        ({"bf16": 1}, "should be true or false", ""),
        ({"learning_rate": "fast"}, "should be a number", ""),
        ({"stage": "sftt"}, "is not one of pt, sft,", "did you mean `sft`?"),
        ({"finetuning_type": "qlora"}, "is not one of", "did you mean `lora`?"),
        ({"lr_scheduler_type": "cosin"}, "is not one of", "did you mean `cosine`?"),
        ({"optim": "adamw_torch_fuse"}, "is not one of", "did you mean `adamw_torch_fused`?"),
        ({"flash_attn": "flash"}, "is not one of", ""),
        ({"quantization_bit": "four"}, "should be", ""),
        ({"lora_target": {"q": 1}}, "should be text", ""),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_wrong_options_are_refused_by_name(trainer: Trainer, given: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        check_options({"seed": 1, **given}, trainer, place_of=lambda name: f"a.yaml:{len(name)}")
    (name,) = given
    assert message in caught.value.message
    assert f"train.options.{name}" in caught.value.message
    assert hint in (caught.value.hint or "")
    assert caught.value.place == f"a.yaml:{len(name)}"


def test_values_straight_from_a_yaml_reader_are_taken(trainer: Trainer) -> None:
    text = "learning_rate: 1e-4\nsave_steps: 0x10\nlora_target: [q_proj, v_proj]\noptim: 'sgd'\nplot_loss: true\n"
    found = check_options(YAML().load(text), trainer)
    assert found == {
        "learning_rate": 1e-4,
        "save_steps": 16,
        "lora_target": "q_proj,v_proj",
        "optim": "sgd",
        "plot_loss": True,
    }
    assert {type(value) for value in found.values()} == {float, int, str, bool}


def test_every_default_passes_its_own_check(trainer: Trainer) -> None:
    plain = {
        name: option.default
        for name, option in options(trainer).items()
        if isinstance(option.default, bool | int | float | None) or option.default in option.choices
    }
    assert len(plain) > 250
    assert check_options(plain, trainer) == plain


def test_options_are_read_without_importing_the_trainer(trainer: Trainer) -> None:
    code = (
        "import sys; from toolcall_data.training.trainer import find_trainer\n"
        "from toolcall_data.training.options import options, template_names\n"
        "found = find_trainer(); assert len(options(found)) > 300 and len(template_names(found.package)) > 100\n"
        "heavy = {'torch', 'transformers', 'llamafactory', 'tokenizers', 'safetensors', 'numpy'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_template_is_refused_with_the_nearest(trainer: Trainer) -> None:
    check_template("qwen3_nothink", trainer)
    with pytest.raises(RecipeError, match="no template `qwen3_nothnk`") as caught:
        check_template("qwen3_nothnk", trainer)
    assert caught.value.hint == "did you mean `qwen3_nothink`?"


@pytest.mark.slow
def test_names_are_those_of_llama_factory_itself(trainer: Trainer) -> None:
    code = (
        "import dataclasses, json\n"
        "from llamafactory.hparams.parser import _TRAIN_ARGS\n"
        "from llamafactory.data.template import TEMPLATES\n"
        "names = sorted({f.name for one in _TRAIN_ARGS for f in dataclasses.fields(one) if f.init})\n"
        "print(json.dumps([names, sorted(TEMPLATES)]))"
    )
    done = subprocess.run(
        [str(trainer.python), "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=script_environment() | environment(trainer),
    )
    names, templates = json.loads(done.stdout.splitlines()[-1])
    assert sorted(options(trainer)) == names
    assert list(template_names(trainer.package)) == templates
