from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.errors import UsageError
from toolcall_data.training.record import RunRecord, claim, newest_checkpoint, read_record, write_record

CONFIG: dict[str, Any] = {"model_name_or_path": "m", "lora_rank": 8, "learning_rate": 1e-4}


def run_folder(folder: Path, state: str, checkpoints: tuple[int, ...] = (), **values: Any) -> Path:
    write_record(folder, RunRecord(state, "mix-1", CONFIG, "command", **values))  # type: ignore[arg-type]
    for step in checkpoints:
        (folder / f"checkpoint-{step}").mkdir()
        (folder / f"checkpoint-{step}" / "trainer_state.json").write_text("{}", encoding="utf-8")
    return folder


def test_a_new_folder_begins_at_the_first_step(tmp_path: Path) -> None:
    assert claim(tmp_path / "none", "mix-1", CONFIG) is None


def test_a_finished_training_is_not_made_again_by_accident(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "done", (20,), last_loss=1.25)
    with pytest.raises(UsageError, match=r"finished \(last loss 1\.2500") as caught:
        claim(folder, "mix-1", CONFIG)
    assert "--overwrite" in (caught.value.hint or "")
    assert newest_checkpoint(folder) is not None


def test_overwrite_deletes_the_training_and_nothing_else(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "done", (20,))
    for name in ("adapter_model.safetensors", "trainer_log.jsonl", "notes.txt", "my_model_notes.md"):
        (folder / name).write_text("x", encoding="utf-8")
    assert claim(folder, "mix-2", CONFIG, overwrite=True) is None
    assert sorted(path.name for path in folder.iterdir()) == ["my_model_notes.md", "notes.txt"]


def test_an_interrupted_training_goes_on_from_its_newest_whole_checkpoint(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "interrupted", (90, 100))
    (folder / "checkpoint-110").mkdir()
    assert claim(folder, "mix-1", CONFIG | {"learning_rate": 1e-5}) == folder / "checkpoint-100"
    assert not (folder / "checkpoint-110").exists()


@pytest.mark.parametrize(
    ("mix", "change", "message"),
    [("mix-2", {}, "another mix"), ("mix-1", {"lora_rank": 16}, "its lora_rank was 8 and is 16 now")],
    ids=["data", "model"],
)
def test_it_does_not_go_on_as_something_else(tmp_path: Path, mix: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        claim(run_folder(tmp_path, "interrupted", (100,)), mix, CONFIG | change)


def test_one_that_stopped_before_its_first_checkpoint_begins_anew(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "failed")
    (folder / "adapter_model.safetensors").write_text("x", encoding="utf-8")
    assert claim(folder, "mix-2", CONFIG) is None
    assert list(folder.iterdir()) == []


def test_a_training_of_someone_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_text("x", encoding="utf-8")
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="did not make"):
            claim(tmp_path, "mix-1", CONFIG, overwrite=overwrite)


def test_a_folder_in_use_is_refused_and_a_dead_run_is_not(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "running", (40,), pid=2**22 - 1)
    assert claim(folder, "mix-1", CONFIG) == folder / "checkpoint-40"
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TCDATA_RUN": str(folder)},
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(UsageError, match="is training in this folder right now"):
            claim(folder, "mix-1", CONFIG, overwrite=True)


def test_the_record_is_json_even_when_the_loss_is_not_a_number(tmp_path: Path) -> None:
    write_record(tmp_path, RunRecord("done", "m", {}, "c", last_loss=float("nan")))
    found = read_record(tmp_path)
    assert found is not None
    assert found.last_loss is None
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["state"] == "done"
