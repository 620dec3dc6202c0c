from __future__ import annotations

from pathlib import Path

import pytest

from toolcall_data.training.failures import diagnose, end_of, last_error

TRACEBACK = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    run()\n'


@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        ("RuntimeError: Invalid JSON format in function message: ['not json'].", "'not json'", "tcdata validate"),
        ("ValueError: Some keys are not used by the HfArgumentParser: ['learning_rte']", "learning_rte", "options"),
        ("ValueError: Undefined dataset zzz in dataset_info.json.", "`zzz`", "tcdata mix"),
        ("ValueError: File data/a.json not found.", "data/a.json", "tcdata mix"),
        (
            "ValueError: Cannot open /x/dataset_info.json due to [Errno 2] No such file.",
            "/x/dataset_info",
            "tcdata mix",
        ),
        ("OSError: Failed to load tokenizer.", "neither a folder", "train.model"),
        ("ValueError: Template qwen99 does not exist.", "`qwen99`", "train.template"),
        ("ModuleNotFoundError: No module named 'torchaudio'", "torchaudio", "tcdata train"),
        ("RuntimeError: operator torchvision::nms does not exist", "torchvision", "tcdata train"),
        ("ValueError: Your setup doesn't support bf16/gpu. You need to assign use_cpu", "bf16", "bf16"),
        ("ValueError: Output directory already exists and is not empty. Please set x.", "already", "--overwrite"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB.", "too small", "cutoff_len"),
        ("ImportError: To fix: run `pip install bitsandbytes>=0.39.0`.", "missing", "pip install bitsandbytes>=0.39.0"),
        ("IndexError: index out of range in self", "vocabulary", "resize_vocab"),
        ("OSError: [Errno 28] No space left on device", "disk", "save_total_limit"),
    ],
)
def test_a_known_error_gets_its_cause_and_remedy(error: str, cause: str, remedy: str) -> None:
    found = diagnose(TRACEBACK + error + "\n", 1)
    assert found.error == error
    assert cause in (found.cause or "")
    assert remedy in (found.remedy or "")


def test_an_unknown_error_is_still_named() -> None:
    found = diagnose(TRACEBACK + "my.pkg.StrangeError: what is this\n", 1)
    assert found.error == "my.pkg.StrangeError: what is this"
    assert found.hint is None


def test_launchers_that_echo_a_failure_do_not_hide_it() -> None:
    log = (
        "[rank0]: Traceback (most recent call last):\n[rank0]: ValueError: Template x does not exist.\n"
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n"
        "subprocess.CalledProcessError: Command '['torchrun']' returned non-zero exit status 1.\n"
    )
    assert last_error(log) == "ValueError: Template x does not exist."


def test_warnings_and_progress_bars_are_not_errors() -> None:
    log = TRACEBACK + "ValueError: bad\nUserWarning: be careful\n 50%|##\r100%|####\n"
    assert last_error(log) == "ValueError: bad"


@pytest.mark.parametrize(("code", "cause"), [(-9, "out of memory"), (137, "out of memory"), (-11, "does not fit")])
def test_a_killed_trainer_is_explained_by_its_signal(code: int, cause: str) -> None:
    assert cause in (diagnose("5%|#\n", code).cause or "")


def test_an_empty_log_says_so(tmp_path: Path) -> None:
    assert diagnose(end_of(tmp_path / "none.log"), 1).error == "it printed nothing"
