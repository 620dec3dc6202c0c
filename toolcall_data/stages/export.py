"""Export: data files that LLaMA-Factory reads without loss, their dataset_info.json, and the manifest, written last.

The rows obey what LLaMA-Factory 0.9.5 asks (data/parser.py, data/converter.py, data/formatter.py): sharegpt, every
key in every row, every leaf a string, `tools` empty where there are none, strictly alternating turns.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import Field

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.settings import Settings
from toolcall_data.target.registration import SHAREGPT
from toolcall_data.target.templates import Template
from toolcall_data.target.verdict import verdict
from toolcall_data.transforms.one_step_per_turn import one_step_per_turn

MANIFEST = "manifest.json"
DROPPED = "dropped.jsonl"


class ExportSettings(Settings):
    """Where the mix is written and how."""

    output: str | None = None
    """The folder, relative to where the command runs; None: `out/` and the recipe's name. `-o` overrides it."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """The dataset's name in dataset_info.json, `_eval` added for the held-out rows; None: the recipe's name."""
    parallel_results: Literal["list", "qwen"] = "list"
    """How several results of one step become LLaMA-Factory's one observation: a JSON list, or joined by the tags that
    its Qwen templates put around an observation (the text a served Qwen model is prompted with)."""


_WRITER = ShareGPT()


def trainable(conversation: Conversation, settings: ExportSettings, template: Template) -> Conversation | str:
    """The conversation in the form that LLaMA-Factory trains as meant, or the reason why it has none."""
    merged = one_step_per_turn(conversation, settings.parallel_results)
    outcome = verdict(_row(merged), SHAREGPT, template)
    if outcome.kind == "trains":
        return merged
    return f"LLaMA-Factory {_WHAT[outcome.kind]} with template {template.name}: {outcome.cause}"


_WHAT = {"drops": "drops the row", "aborts": "stops the job", "alters": "trains on something else"}


def row_of(conversation: Conversation) -> bytes:
    """One line of a data file: conversations, system and tools, nothing else, all leaves strings."""
    return orjson.dumps(_row(conversation), option=orjson.OPT_APPEND_NEWLINE)


def _row(conversation: Conversation) -> dict[str, JSON]:
    row = _WRITER.write(conversation.model_copy(update={"extra": {}}))
    row["conversations"] = [{"from": item["from"], "value": item["value"]} for item in row["conversations"]]
    return row


def entry(file_name: str) -> dict[str, JSON]:
    """The dataset_info.json entry of a data file; every column is named, for a block replaces all defaults."""
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    return {"file_name": file_name, "formatting": "sharegpt", "columns": columns}


@dataclass(frozen=True)
class Losses:
    """What the trainer's format could not hold, in conversations."""

    weights: int = 0
    merged_results: int = 0

    def plus(self, before: Conversation, after: Conversation) -> Losses:
        weighted = any(message.weight not in (None, 1) for message in _assistants(before.messages))
        return Losses(self.weights + weighted, self.merged_results + (len(before.messages) != len(after.messages)))


def _assistants(messages: Iterable[AnyMessage]) -> Iterator[Assistant]:
    return (message for message in messages if isinstance(message, Assistant))


class Folder:
    """An output folder in the making: files are written beside it and moved in at the end, the manifest last.

    Use as a context manager. An exception, or Ctrl-C, leaves the folder as it was.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._work = target.parent / f".{target.name}.tcdata-{os.getpid()}.tmp"
        self._new = [folder for folder in target.parents if not folder.exists()]

    def __enter__(self) -> Folder:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        _remove(self._work)
        self._work.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        _remove(self._work)
        for folder in self._new:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def path(self, name: str) -> Path:
        """Where to write a file before it is moved in."""
        return self._work / name

    def publish(self, names: Iterable[str]) -> None:
        """Move files into the target, atomically each, the last one being the manifest.

        The old manifest goes first: while the files are moved the folder does not count as complete.
        """
        names = list(names)
        self.target.mkdir(parents=True, exist_ok=True)
        (self.target / MANIFEST).unlink(missing_ok=True)
        for name in names:
            with self.path(name).open("rb") as file:
                os.fsync(file.fileno())
            self.path(name).replace(self.target / name)
        _sync_folder(self.target)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksum(path: Path) -> str:
    """`sha256:` and the digest of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
