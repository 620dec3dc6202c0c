"""How LLaMA-Factory reads the rows of a dataset: its entry in dataset_info.json, with every default in its place.

Source: LLaMA-Factory 0.9.5, data/parser.py. A `columns` or `tags` block, once present, replaces all defaults of its
kind: what it leaves out becomes None.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolcall_data.conversation.model import JSON

_TEXT_COLUMNS = ("prompt", "query", "response", "history", "messages", "system", "tools")
_COLUMNS = (*_TEXT_COLUMNS, "images", "videos", "audios", "chosen", "rejected", "kto_tag")
_TAGS = ("role_tag", "content_tag", "user_tag", "assistant_tag", "observation_tag", "function_tag", "system_tag")

READABLE = frozenset({"alpaca", "sharegpt"})


def readable_by_llamafactory(format_name: str) -> bool:
    """Whether LLaMA-Factory reads rows of this format as they stand, with the entry that tcdata registers.

    Rows of other formats are judged as the sharegpt rows that tcdata writes of them. That includes OpenAI messages:
    `formatting: openai` changes what it reads, so tcdata registers none; rows of an entry that says so are read.
    """
    return format_name in READABLE


@dataclass(frozen=True, slots=True)
class Registration:
    """An entry of dataset_info.json as far as rows depend on it; each column and tag is the name it has in the rows."""

    formatting: str = "alpaca"
    ranking: JSON = False
    prompt: str | None = "instruction"
    query: str | None = "input"
    response: str | None = "output"
    history: str | None = None
    messages: str | None = "conversations"
    system: str | None = None
    tools: str | None = None
    images: str | None = None
    videos: str | None = None
    audios: str | None = None
    chosen: str | None = None
    rejected: str | None = None
    kto_tag: str | None = None
    role_tag: str | None = "from"
    content_tag: str | None = "value"
    user_tag: str | None = "human"
    assistant_tag: str | None = "gpt"
    observation_tag: str | None = "observation"
    function_tag: str | None = "function_call"
    system_tag: str | None = "system"

    @property
    def columns(self) -> dict[str, str]:
        """The columns that this formatting reads of every row, by their meaning; a missing one stops the job."""
        wanted = ("history", "prompt", "query", "kto_tag", "response") if self.formatting == "alpaca" else ("messages",)
        # data/converter.py, OpenAIDatasetConverter: the system and tools of a row are asked for with a default.
        optional = () if self.formatting == "openai" else ("system", "tools")
        wanted = (*wanted, *optional, "kto_tag", "images", "videos", "audios")
        found = {name: getattr(self, name) for name in wanted}
        return {name: column for name, column in found.items() if column}


def registered(keys: Mapping[str, Any]) -> Registration:
    """The registration that an entry of dataset_info.json makes."""
    given: dict[str, Any] = {"formatting": keys.get("formatting", "alpaca"), "ranking": keys.get("ranking", False)}
    if "columns" in keys:
        given |= _block(keys["columns"], _COLUMNS)
    if "tags" in keys:
        given |= _block(keys["tags"], _TAGS)
    return Registration(**given)


def _block(found: Any, names: Collection[str]) -> dict[str, Any]:
    values = found if isinstance(found, Mapping) else {}
    return {name: None if values.get(name) is None else str(values[name]) for name in names}


SHAREGPT = Registration("sharegpt", messages="conversations", system="system", tools="tools")
"""What tcdata registers for the rows it writes."""


def registration_for(format_name: str, columns: Collection[str]) -> Registration:
    """The registration that tcdata would make for a file without an entry, whose rows have these `columns`.

    A format that LLaMA-Factory cannot read is registered as the sharegpt rows that tcdata writes of it.
    """
    if format_name == "alpaca":
        found = {name: default for name, default in _ALPACA.items() if default in columns}
        return replace(Registration("alpaca", query=None), **found)
    if format_name != "sharegpt":
        return SHAREGPT
    messages = "messages" if "conversations" not in columns and "messages" in columns else "conversations"
    return replace(
        SHAREGPT,
        messages=messages,
        system="system" if "system" in columns else None,
        tools="tools" if "tools" in columns else None,
    )


_ALPACA = {"query": "input", "history": "history", "system": "system", "tools": "tools"}
