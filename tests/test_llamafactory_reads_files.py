"""LLaMA-Factory's own loader, run over registries and files with one defect each, does what the rules foretell."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.target.defects import GOOD, text
from tests.target.whole_files import CASES
from toolcall_data.events import silence

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("llamafactory") is None, reason="LLaMA-Factory is not installed"),
]

LOADER = """
import json, os, sys, contextlib, io
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer

settings, cases = json.load(sys.stdin)
loaded = template = None
for name, folder, datasets in cases:
    wanted = {**settings, "dataset_dir": folder, "dataset": datasets, "cache_dir": os.path.join(folder, "cache")}
    found = {"error": None, "rows": 0, "trained": []}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            model_args, data_args, training_args, _, _ = get_train_args(wanted)
            if loaded is None:
                loaded = load_tokenizer(model_args)
                template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
            rows = get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)["train_dataset"]
            found["rows"] = len(rows)
            first = rows.select(range(min(9, len(rows))))
            found["trained"] = [loaded["tokenizer"].decode(row["input_ids"]) for row in first]
    except BaseException as error:
        cause = error.__cause__ or error.__context__
        found["error"] = f"{type(error).__name__}: {error} <- {type(cause).__name__}: {cause}"
    print("RESULT " + json.dumps([name, found]), flush=True)
"""

SETTINGS = {
    "stage": "sft",
    "do_train": True,
    "template": "qwen3",
    "finetuning_type": "lora",
    "cutoff_len": 2048,
    "overwrite_cache": True,
    "report_to": "none",
    "use_cpu": True,
    "bf16": False,
}

FORETOLD = {
    "file.byte_order_mark": "changed from object to array",
    "file.dropped_batch": "array",
    "file.key_twice": "was specified twice",
    "file.late_column": "generating the dataset",
    "file.mixed_shape": "error occurred while generating the dataset",
    "info.extension": "Allowed file types",
    "info.file_missing": "not found",
    "info.formatting": "not found",
    "info.no_source": "KeyError: 'file_name'",
    "info.split": "Unknown split",
    "info.ranking": "not applicable in the current training stage",
    "info.null_column": "Couldn't cast array of type string to null",
    "info.column_missing": "KeyError: '",
    "info.wrapped_rows": "KeyError: 'conversations'",
}
"""What the error says, where a rule foretells its words."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the loader does with every case, each in its folder."""
    from toolcall_data.training.probe import environment
    from toolcall_data.training.tiny import build_tiny
    from toolcall_data.training.trainer import find_trainer

    folder = tmp_path_factory.mktemp("cases")
    asked = []
    for name, case in CASES.items():
        (folder / name).mkdir()
        case.write(folder / name)
        datasets = ",".join(case.info) if isinstance(case.info, dict) else "d"
        asked.append([name, str(folder / name), datasets])
    trainer = find_trainer()
    texts = [text(row) for row in GOOD.values()]
    settings = {
        **SETTINGS,
        "model_name_or_path": str(build_tiny(trainer, texts, silence)),
        "output_dir": str(folder / "run"),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADER],
        input=json.dumps([settings, asked]),
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment(trainer), "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf")},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    found = dict(json.loads(line.removeprefix("RESULT ")) for line in lines)
    assert len(found) == len(CASES) > 60, done.stderr[-4000:]
    return found


def test_the_loader_does_what_is_foretold(outcomes: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for name, case in CASES.items():
        error = outcomes[name]["error"]
        if name == "f_dir_schema":
            continue  # It loads or fails by the order in which the file system names the files.
        if (error is not None) != (case.kind == "fails"):
            wrong.append(f"{name}: foretold that it {case.kind}, and it ended with {error}")
        elif case.kind == "fails" and FORETOLD.get(case.rule or "", "") not in error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_what_loads_has_all_its_rows(outcomes: dict[str, dict[str, Any]]) -> None:
    for name, case in CASES.items():
        if case.kind == "loads" and name not in ("999_bad", "split_slice", "i_num_samples_over"):
            data = b"".join(data for path, data in case.files.items() if Path(path).suffix in (".json", ".jsonl"))
            markers = (data.count(b'"conversations"') or data.count(b'"output"'), data.count(b'"instruction"'))
            assert outcomes[name]["rows"] in (max(markers), sum(markers)), (name, outcomes[name])


def test_what_is_corrupted_lost_what_the_rule_says(outcomes: dict[str, dict[str, Any]]) -> None:
    sound = "".join(outcomes["sound"]["trained"])
    assert "查询get_tide" in sound
    assert outcomes["f_dup_row_keys_json"]["trained"][-1] != outcomes["sound"]["trained"][0]
    for name in ("i_tools_unmapped", "i_no_columns"):
        assert "查询get_tide" not in "".join(outcomes[name]["trained"]), name
    assert "潮水" not in "".join(outcomes["i_alpaca_no_query"]["trained"])
    assert '"zone": null' in "".join(outcomes["padded_arguments"]["trained"])
