"""The tiny random Qwen3 of `model: tiny`, built from the texts that it will train on."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from toolcall_data.cache import cache_dir
from toolcall_data.errors import EmptyError, TrainerError
from toolcall_data.events import Done, Started, Tell
from toolcall_data.training.trainer import Trainer, script_environment

SCRIPT = Path(__file__).with_name("tiny_model.py")

MAX_CHARACTERS = 3_000_000
"""How much text the tokenizer is trained on at most: about 3 seconds' worth."""


def build_tiny(trainer: Trainer, texts: Iterable[str], tell: Tell, *, vocab: int = 4096) -> Path:
    """The folder of a tiny model whose tokenizer knows `texts`; kept in the cache, so the same texts build once.

    Raises:
        EmptyError: there is no text.
        TrainerError: the building script failed, as when the environment has no tokenizers.
    """
    lines = [json.dumps(text, ensure_ascii=False) for text in _first(texts, MAX_CHARACTERS)]
    if not lines:
        raise EmptyError("the mix holds no text to build the tiny model from")
    made = cache_dir("tiny") / _key(lines, trainer, vocab)
    if not (made / "config.json").is_file():
        tell(Started("tiny model"))
        _build(trainer, lines, made, vocab)
        tell(Done("tiny model", f"a random Qwen3 with 2 layers and {vocab} tokens, in {made}"))
    return made


def _first(texts: Iterable[str], most: int) -> Iterator[str]:
    left = most
    for text in texts:
        if left <= 0:
            return
        if text:
            yield text[:left]
            left -= len(text)


def _key(lines: list[str], trainer: Trainer, vocab: int) -> str:
    digest = hashlib.sha256(SCRIPT.read_bytes())
    digest.update(f"{trainer.versions.get('tokenizers')} {vocab}\n".encode())
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:24]


def _build(trainer: Trainer, lines: list[str], made: Path, vocab: int) -> None:
    with tempfile.TemporaryDirectory(dir=made.parent, prefix=".building-") as folder:
        texts, out = Path(folder) / "texts.jsonl", Path(folder) / "model"
        texts.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
        command = [str(trainer.python), str(SCRIPT), "--texts", str(texts), "--out", str(out), "--vocab", str(vocab)]
        done = subprocess.run(command, capture_output=True, text=True, env=script_environment())
        if done.returncode != 0:
            raise TrainerError(
                f"the tiny model could not be built: {(done.stderr.strip().splitlines() or ['no message'])[-1]}",
                hint=f"check that tokenizers, safetensors and numpy work in {trainer.python}",
                returncode=done.returncode,
            )
        shutil.rmtree(made, ignore_errors=True)
        try:
            out.rename(made)
        except OSError:
            # Another process has just built the same one.
            if not (made / "config.json").is_file():
                raise
