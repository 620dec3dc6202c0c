from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from toolcall_data.errors import EmptyError
from toolcall_data.events import Event, Started, silence
from toolcall_data.training.config import Dataset
from toolcall_data.training.probe import environment
from toolcall_data.training.tiny import SCRIPT, build_tiny
from toolcall_data.training.trainer import Trainer, script_environment


def test_the_same_texts_give_the_same_bytes_and_are_built_once(trainer: Trainer, dataset: Dataset) -> None:
    told: list[Event] = []
    first = build_tiny(trainer, dataset.texts(), told.append, vocab=600)
    again = build_tiny(trainer, dataset.texts(), told.append, vocab=600)
    assert first == again
    assert len([event for event in told if isinstance(event, Started)]) == 1
    texts, other = first.parent / "texts.jsonl", first.parent / "other"
    texts.write_text("\n".join(json.dumps(text, ensure_ascii=False) for text in dataset.texts()), encoding="utf-8")
    command = [str(trainer.python), str(SCRIPT), "--texts", str(texts), "--out", str(other), "--vocab", "600"]
    subprocess.run(command, check=True, env=script_environment())
    files = sorted(path.name for path in first.iterdir())
    assert "model.safetensors" in files
    assert [(other / name).read_bytes() == (first / name).read_bytes() for name in files] == [True] * len(files)


def test_without_texts_there_is_no_model(trainer: Trainer) -> None:
    with pytest.raises(EmptyError):
        build_tiny(trainer, [""], silence)


@pytest.mark.slow
def test_transformers_loads_it_and_keeps_the_call_markers(trainer: Trainer, dataset: Dataset, tmp_path: Path) -> None:
    model = build_tiny(trainer, dataset.texts(), silence)
    script = tmp_path / "load.py"
    script.write_text(LOAD, encoding="utf-8")
    environ = script_environment() | environment(trainer) | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run([str(trainer.python), str(script), str(model)], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["round_trip"]
    assert "<tool_call>" in found["without_special"]
    assert "<|im_end|>" not in found["without_special"]
    assert found["eos"] == "<|im_end|>"
    assert found["tokens"] <= found["rows"]
    assert found["missing"] == []


LOAD = """
import json, sys
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
call = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "北京"}}}
messages = [
    {"role": "system", "content": "s"},
    {"role": "user", "content": "天气?"},
    {"role": "assistant", "content": "", "tool_calls": [call]},
    {"role": "tool", "content": "晴"},
]
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]
text = tokenizer.apply_chat_template(messages, tools=tools, tokenize=False, add_generation_prompt=True)
ids = tokenizer(text)["input_ids"]
model, loading = AutoModelForCausalLM.from_pretrained(sys.argv[1], output_loading_info=True)
print(json.dumps({
    "round_trip": tokenizer.decode(ids) == text,
    "without_special": tokenizer.decode(ids, skip_special_tokens=True),
    "eos": tokenizer.eos_token,
    "tokens": len(tokenizer),
    "rows": model.get_input_embeddings().weight.shape[0],
    "missing": sorted(loading["missing_keys"]) + sorted(loading["unexpected_keys"]),
}))
"""
