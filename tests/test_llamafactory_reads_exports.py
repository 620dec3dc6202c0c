"""LLaMA-Factory's own loader reads every row that a mix exports, and drops none."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolcall_data.events import silence

if TYPE_CHECKING:
    from tests.conftest import Tcdata

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("llamafactory") is None, reason="LLaMA-Factory is not installed"),
]

LOADER = """
import json, sys
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer

model_args, data_args, training_args, _, _ = get_train_args(json.loads(sys.argv[1]))
loaded = load_tokenizer(model_args)
template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
found = get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)
train, held = found["train_dataset"], found.get("eval_dataset")
shown = loaded["tokenizer"].decode(train[0]["input_ids"])
trained = [token for token in train[0]["labels"] if token >= 0]
eval_rows = None if held is None else len(held)
print("RESULT " + json.dumps({"train": len(train), "eval": eval_rows, "shown": shown, "trained": len(trained)}))
"""

SETTINGS = {
    "stage": "sft",
    "do_train": True,
    "template": "qwen3",
    "finetuning_type": "lora",
    "cutoff_len": 8192,
    "overwrite_cache": True,
    "report_to": "none",
    "use_cpu": True,
    "bf16": False,
}


def read_by_trainer(folder: Path, **settings: Any) -> tuple[dict[str, Any], str]:
    """How many rows LLaMA-Factory reads of a mix, and all that it prints."""
    from toolcall_data.pipeline.train import exported
    from toolcall_data.training.probe import environment
    from toolcall_data.training.tiny import build_tiny
    from toolcall_data.training.trainer import find_trainer

    trainer = find_trainer()
    dataset = exported(folder)
    wanted = {
        **SETTINGS,
        "model_name_or_path": str(build_tiny(trainer, dataset.texts(), silence)),
        "dataset_dir": str(dataset.dataset_dir),
        "dataset": dataset.train,
        "output_dir": str(folder.parent / "run"),
        **({"eval_dataset": dataset.eval} if dataset.eval else {}),
        **settings,
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADER, json.dumps(wanted)],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        env={**os.environ, **environment(trainer), "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder.parent / "hf")},
    )
    printed = done.stdout + done.stderr
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert found, printed[-4000:]
    result: dict[str, Any] = json.loads(found[0].removeprefix("RESULT "))
    return result, printed


def mixed(tcdata: Tcdata, sources: dict[str, Any], **stages: Any) -> dict[str, Any]:
    recipe = {"sources": sources, "mix": {"eval": {"share": 0.1}}, **stages}
    (tcdata.folder / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    ran = tcdata("mix", "recipe.yaml", "-o", "mix", "--format", "json")
    assert ran.code == 0, ran.err
    totals: dict[str, Any] = ran.json["totals"]
    return totals


def expect_all_read(tcdata: Tcdata, totals: dict[str, Any], **settings: Any) -> dict[str, Any]:
    result, printed = read_by_trainer(tcdata.folder / "mix", **settings)
    assert "Dropped invalid" not in printed
    assert "Invalid" not in printed
    assert (result["train"], result["eval"]) == (totals["train_rows"], totals["eval_rows"])
    assert result["trained"] > 0
    return result


@pytest.mark.parametrize("parallel_results", ["list", "qwen"])
def test_samples_are_read_whole(tcdata: Tcdata, samples: Path, parallel_results: str) -> None:
    sources = {path.stem: str(path) for path in sorted(samples.glob("*.jsonl"))}
    totals = mixed(tcdata, sources, export={"parallel_results": parallel_results})
    assert totals["train_rows"] > 150
    result = expect_all_read(tcdata, totals)
    assert "<|im_start|>user" in result["shown"]


def test_published_rows_are_read_whole(tcdata: Tcdata, real_data: Path) -> None:
    names = ("glaive_toolcall_zh_demo", "alpaca_zh_demo", "oaast_sft_zh")
    totals = mixed(tcdata, {name: str(real_data / f"{name}.json") for name in names})
    assert totals["train_rows"] + totals["eval_rows"] > 1900
    expect_all_read(tcdata, totals)
