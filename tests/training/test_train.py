"""Real trainings with the real LLaMA-Factory on a tiny model: each costs 10 to 20 seconds, so there are few."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.errors import RecipeError, TrainerError, UsageError
from toolcall_data.events import Done, Event, Note, TrainStep, silence
from toolcall_data.stages.train import TrainResult, TrainSettings, train
from toolcall_data.training.config import Dataset
from toolcall_data.training.probe import probe
from toolcall_data.training.record import newest_checkpoint, read_record
from toolcall_data.training.trainer import Trainer, find_trainer

pytestmark = pytest.mark.usefixtures("trainer")

SHORT = {"max_steps": 20, "cutoff_len": 256, "save_steps": 10}

INTERRUPTIBLE = """
import sys
from pathlib import Path
from conftest import CITIES, row, write_dataset
from toolcall_data.events import TrainStep
from toolcall_data.stages.train import TrainSettings, train

folder = Path(sys.argv[1])
dataset = write_dataset(folder / "mix", [row(city, day) for city in CITIES for day in range(1, 8)])

def tell(event):
    if isinstance(event, TrainStep):
        print(event.step, flush=True)

settings = TrainSettings(model="tiny", options={"max_steps": 3000, "cutoff_len": 256, "save_steps": 1000})
result = train(settings, dataset, run_dir=folder / "run", tell=tell)
assert result.run.interrupted
"""


def settings(**options: Any) -> TrainSettings:
    return TrainSettings(model="tiny", options=SHORT | options)


@pytest.mark.slow
def test_a_short_training_ends_with_an_adapter_and_a_lower_loss(dataset: Dataset, tmp_path: Path) -> None:
    told: list[Event] = []
    result = train(settings(), dataset, run_dir=tmp_path / "my run", tell=told.append)
    run = result.run
    assert run is not None
    assert run.adapter == tmp_path / "my run"
    assert (run.adapter / "adapter_model.safetensors").is_file()
    assert run.first_loss is not None
    assert run.last_loss is not None
    assert run.last_loss < run.first_loss - 0.3
    assert (run.steps, run.total_steps, run.is_complete, run.interrupted) == (20, 20, True, False)
    assert [event.step for event in told if isinstance(event, TrainStep) and event.loss] == [1, 5, 10, 15, 20]
    notes = [event.text for event in told if isinstance(event, Note)]
    assert [note for note in notes if note in {"tokenising the data", "training", "saving"}] == [
        "tokenising the data",
        "training",
        "saving",
    ]
    assert isinstance(told[-1], Done)
    record = read_record(result.run_dir)
    assert record is not None
    assert (record.state, record.mix_hash, record.steps) == ("done", dataset.mix_hash, 20)
    assert record.versions["llamafactory"]
    assert "-m llamafactory.cli train" in record.command
    assert "***** Running training *****" in run.log.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="this training is finished"):
        train(settings(), dataset, run_dir=result.run_dir, tell=silence)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_a_stop_saves_a_checkpoint_from_which_the_next_run_goes_on(tmp_path: Path, wanted: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTIBLE, encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}
    )
    with child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) == 10:
                child.send_signal(wanted)
    assert child.returncode == 0

    run_dir = tmp_path / "run"
    record = read_record(run_dir)
    assert record is not None
    assert record.state == "interrupted"
    checkpoint = newest_checkpoint(run_dir)
    assert checkpoint is not None
    stopped_at = int(checkpoint.name.removeprefix("checkpoint-"))
    assert record.steps is not None
    assert 10 <= stopped_at <= record.steps < 1000
    assert (checkpoint / "adapter_model.safetensors").stat().st_size > 1000
    if wanted is signal.SIGTERM:
        return

    told: list[Event] = []
    longer = TrainSettings(model="tiny", options={"max_steps": stopped_at + 10, "cutoff_len": 256})
    result = train(longer, _again(tmp_path), run_dir=run_dir, tell=told.append)
    assert result.run is not None
    assert result.run.is_complete
    steps = [event.step for event in told if isinstance(event, TrainStep)]
    assert stopped_at < min(steps) <= max(steps) == stopped_at + 10
    assert any(f"goes on from {checkpoint.name}" in event.text for event in told if isinstance(event, Note))
    first = json.loads((run_dir / "trainer_log.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert result.run.first_loss == first["loss"]


def _again(folder: Path) -> Dataset:
    rows = json.loads((folder / "mix" / "train.json").read_text(encoding="utf-8"))

    def texts() -> list[str]:
        return [text for one in rows for text in (*(turn["value"] for turn in one["conversations"]), one["tools"])]

    return Dataset(folder / "mix", "mixed", None, f"{len(rows)} rows", texts)


@pytest.mark.slow
def test_a_row_that_the_trainer_cannot_read_is_named_as_the_cause(
    tmp_path: Path, make_dataset: Callable[[Path, list[dict[str, object]]], Dataset]
) -> None:
    turns = [("human", "hi"), ("function_call", "not json"), ("observation", "x"), ("gpt", "y")]
    bad: dict[str, object] = {"conversations": [{"from": who, "value": what} for who, what in turns], "tools": "[]"}
    with pytest.raises(TrainerError, match="Invalid JSON format in function message") as caught:
        train(settings(), make_dataset(tmp_path / "mix", [bad] * 4), run_dir=tmp_path / "run", tell=silence)
    assert "tcdata validate" in (caught.value.hint or "")
    assert caught.value.log is not None
    assert "Traceback" in caught.value.log.read_text(encoding="utf-8")
    assert (caught.value.returncode, caught.value.exit_code) == (1, 6)
    record = read_record(tmp_path / "run")
    assert record is not None
    assert record.state == "failed"
    assert "not json" in (record.error or "")


@pytest.fixture
def other_environment(trainer: Trainer, tmp_path: Path) -> Path:
    """An environment of its own that holds what the trainer's holds, but no torchvision and no torchaudio."""
    packages = tmp_path / "environment" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    for path in trainer.package.parent.iterdir():
        if not path.name.startswith(("torchvision", "torchaudio")):
            (packages / path.name).symlink_to(path)
    (tmp_path / "environment" / "bin").mkdir()
    (tmp_path / "environment" / "bin" / "python").symlink_to(trainer.python.resolve())
    home = f"home = {trainer.python.resolve().parent}\n"
    (tmp_path / "environment" / "pyvenv.cfg").write_text(home, encoding="utf-8")
    return tmp_path / "environment"


@pytest.mark.slow
def test_smoke_runs_a_recipe_for_a_large_model_where_both_packages_are_absent(
    dataset: Dataset, tmp_path: Path, other_environment: Path
) -> None:
    found = find_trainer(str(other_environment))
    assert not found.has("torchvision")
    assert probe(found) == {"torchvision": "absent", "torchaudio": "absent"}
    options = {"bf16": True, "deepspeed": "none.json", "lora_rank": 4, "lora_target": ["q_proj", "v_proj"]}
    large = TrainSettings(model="Qwen/Qwen3-4B", llamafactory=str(other_environment), options=options)
    result = train(large, dataset, run_dir=tmp_path / "run", tell=silence, smoke=True)
    assert result.run is not None
    assert (result.run.steps, result.run.is_complete) == (3, True)
    assert result.run_dir == tmp_path / "run-smoke"
    adapter = json.loads((result.run_dir / "adapter_config.json").read_text(encoding="utf-8"))
    assert (adapter["r"], sorted(adapter["target_modules"])) == (4, ["q_proj", "v_proj"])


def test_a_dry_run_writes_the_configuration_and_starts_nothing(dataset: Dataset, tmp_path: Path) -> None:
    result: TrainResult = train(settings(), dataset, run_dir=tmp_path / "run", tell=silence, dry_run=True)
    assert result.run is None
    assert "max_steps: 20" in result.config.read_text(encoding="utf-8")
    assert result.command.endswith(f"-m llamafactory.cli train {result.config}")
    assert [path.name for path in result.run_dir.iterdir()] == ["train.yaml"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "./nowhere"}, "no folder with a model"),
        ({"model": "tiny", "template": "qwen33"}, "no template `qwen33`"),
        ({"model": "tiny", "options": {"learning_rte": 1}}, "no option `learning_rte`"),
    ],
    ids=["model", "template", "option"],
)
def test_a_wrong_setting_is_refused_before_anything_is_written(
    dataset: Dataset, tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        train(TrainSettings(**given), dataset, run_dir=tmp_path / "run", tell=silence)
    assert not (tmp_path / "run").exists()
