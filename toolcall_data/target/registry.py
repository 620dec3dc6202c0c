"""A dataset_info.json as a rule sees it: its entries, where each key stands, and what each entry's file name leads to.

Source: LLaMA-Factory 0.9.5, data/parser.py and data/loader.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.registration import Registration, registered

HUBS = ("hf_hub_url", "ms_hub_url", "om_hub_url")
SOURCES = (*HUBS, "script_url", "cloud_file_name", "file_name")
"""Keys that say where a dataset comes from, in the order in which the trainer asks for them."""

KEYS = (*SOURCES, "formatting", "ranking", "subset", "split", "folder", "num_samples", "columns", "tags")
COLUMNS = (
    "prompt",
    "query",
    "response",
    "history",
    "messages",
    "system",
    "tools",
    "images",
    "videos",
    "audios",
    "chosen",
    "rejected",
    "kto_tag",
)
TAGS = ("role_tag", "content_tag", "user_tag", "assistant_tag", "observation_tag", "function_tag", "system_tag")
FORMATTINGS = ("alpaca", "sharegpt", "openai")

BUILDERS = {"arrow": "arrow", "csv": "csv", "json": "json", "jsonl": "json", "parquet": "parquet", "txt": "text"}
"""What the trainer loads a file with, by its extension as written."""

JUDGED = frozenset({"json", "jsonl", "parquet"})
"""Extensions of files whose rows tcdata reads."""


@dataclass(frozen=True)
class Member:
    """A name in the folder of a dataset."""

    name: str
    is_folder: bool = False


@dataclass(frozen=True)
class Local:
    """What a `file_name` leads to: its path as the trainer joins it, and the members where it is a folder.

    `unreadable` says why a file cannot be read at all; `beside` are the names in the folder where it should lie.
    """

    path: str
    kind: Literal["missing", "file", "folder"]
    members: tuple[Member, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registered:
    """One dataset of a dataset_info.json. `keys` is None where the entry is no object; `local` where it names no file.

    `lines` gives the line of a JSON pointer into dataset_info.json.
    """

    name: str
    info: str
    keys: Mapping[str, JSON] | None
    lines: Mapping[str, int] = field(default_factory=dict)
    local: Local | None = None

    @property
    def registration(self) -> Registration:
        return registered(self.keys or {})

    @property
    def formatting(self) -> JSON:
        return (self.keys or {}).get("formatting", "alpaca")

    @property
    def is_of_pairs(self) -> bool:
        """Whether the rows are pairs of answers, which supervised training does not take."""
        return (self.keys or {}).get("ranking") is True

    @property
    def source(self) -> str | None:
        """The key that says where the rows come from, None where there is none."""
        return next((key for key in SOURCES if key in (self.keys or {})), None)

    def block(self, name: str) -> Mapping[str, JSON] | None:
        """The `columns` or `tags` block, None where there is none or it is no object."""
        found = (self.keys or {}).get(name)
        return found if isinstance(found, Mapping) else None

    def pointer(self, *keys: str) -> str:
        """The JSON pointer to a key of the entry."""
        return item_at(self.name, *keys)

    def line(self, pointer: str) -> int | None:
        """The line of a pointer, or of the nearest that is there above it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer)


Fault: TypeAlias = tuple[Prose, int | None]
"""What is wrong with the file, and in which line."""


@dataclass(frozen=True)
class Registry:
    """A dataset_info.json; `fault` says why it cannot be read, `foreign` is the first character that is not ASCII.

    `twice` are the pointers to names that stand in one object a second time, with their lines.
    """

    path: str
    entries: tuple[Registered, ...] = ()
    fault: Fault | None = None
    foreign: tuple[str, int] | None = None
    twice: tuple[tuple[str, int], ...] = ()

    def only(self, dataset: str) -> Registry:
        """The registry with one of its entries."""
        entries = tuple(entry for entry in self.entries if entry.name == dataset)
        above = item_at(dataset)
        twice = tuple(each for each in self.twice if f"{each[0]}/".startswith(f"{above}/"))
        return replace(self, entries=entries, twice=twice)
