from __future__ import annotations

import math
from pathlib import Path

import pytest

from toolcall_data.training.progress import Follower, kind_of, losses, parse_line, read_steps
from toolcall_data.training.tail import Tail

TRAIN = (
    '{"current_steps": 5, "total_steps": 60, "loss": 8.3217, "lr": 0.00333, "epoch": 0.01, "percentage": 8.33, '
    '"elapsed_time": "0:01:11", "remaining_time": "1 day, 0:02:05", "throughput": 812.5, "total_tokens": 4000}'
)
EVAL = '{"current_steps": 20, "total_steps": 20, "eval_loss": 8.2614, "epoch": 0.02, "elapsed_time": "0:00:22"}'
SUMMARY = '{"current_steps": 60, "total_steps": 60, "epoch": 0.12, "percentage": 100.0, "elapsed_time": "0:00:57"}'


def test_a_training_line_gives_every_measure() -> None:
    step = parse_line(TRAIN)
    assert step is not None
    assert (step.step, step.total_steps, step.loss, step.learning_rate) == (5, 60, 8.3217, 0.00333)
    assert (step.elapsed_seconds, step.remaining_seconds, step.tokens_per_second) == (71.0, 86525.0, 812.5)
    assert step.extra == {"percentage": 8.33, "total_tokens": 4000}


@pytest.mark.parametrize(("line", "kind"), [(TRAIN, "train"), (EVAL, "eval"), (SUMMARY, "summary")])
def test_the_three_shapes_are_told_apart(line: str, kind: str) -> None:
    step = parse_line(line)
    assert step is not None
    assert kind_of(step) == kind


@pytest.mark.parametrize("line", ["", TRAIN[:40], "[]", "3", '{"loss": 1}', "\x00\x00"])
def test_what_is_no_step_gives_none(line: str) -> None:
    assert parse_line(line) is None


def test_a_loss_that_is_not_a_number_is_kept() -> None:
    step = parse_line('{"current_steps": 1, "total_steps": 2, "loss": NaN, "lr": 1e-4}')
    assert step is not None
    assert step.loss is not None
    assert math.isnan(step.loss)


def test_of_steps_repeated_after_a_resume_the_last_counts(tmp_path: Path) -> None:
    log = tmp_path / "trainer_log.jsonl"
    pairs = [(80, 3.0), (90, 2.9), (100, 2.8), (90, 2.5), (100, 2.4), (110, 2.3)]
    lines = [f'{{"current_steps": {step}, "total_steps": 110, "loss": {loss}}}' for step, loss in pairs]
    end = ['{"current_steps": 110, "total_steps": 110, "epoch": 1.0}', '{"current_steps": 1']
    log.write_text("\n".join(lines + end), encoding="utf-8")
    steps = read_steps(log)
    assert [(step.step, step.loss) for step in steps] == [(80, 3.0), (90, 2.5), (100, 2.4), (110, 2.3), (110, None)]
    assert losses(steps) == [3.0, 2.5, 2.4, 2.3]


def test_a_log_that_is_not_there_has_no_steps(tmp_path: Path) -> None:
    assert read_steps(tmp_path / "none.jsonl") == []


def test_the_follower_gives_each_new_line_once_and_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "trainer_log.jsonl"
    log.write_text(EVAL + "\n", encoding="utf-8")
    follower = Follower(log)
    assert list(follower.new_steps()) == []
    with log.open("a", encoding="utf-8") as file:
        file.write(TRAIN[:30])
        file.flush()
        assert list(follower.new_steps()) == []
        file.write(TRAIN[30:] + "\n" + SUMMARY + "\n")
        file.flush()
        assert [step.step for step in follower.new_steps()] == [5, 60]
        assert list(follower.new_steps()) == []


def test_the_follower_begins_anew_when_the_log_was_replaced(tmp_path: Path) -> None:
    log = tmp_path / "trainer_log.jsonl"
    log.write_text(TRAIN + "\n" + TRAIN + "\n", encoding="utf-8")
    follower = Follower(log)
    log.write_text(EVAL + "\n", encoding="utf-8")
    assert [step.step for step in follower.new_steps()] == [20]


def test_a_resumed_run_counts_its_own_tokens_only(tmp_path: Path) -> None:
    log = tmp_path / "trainer_log.jsonl"
    follower = Follower(log, tokens_before=3000)
    log.write_text(TRAIN + "\n", encoding="utf-8")
    assert [step.tokens_per_second for step in follower.new_steps()] == [812.5 / 4]


def test_a_progress_bar_s_carriage_returns_end_lines(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    tail = Tail(log)
    assert tail.lines() == []
    log.write_bytes("10%\r20%\r\n天气\nrest".encode())
    assert tail.lines() == ["10%", "20%", "天气"]
