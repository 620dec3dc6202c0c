"""Sources: the files of a recipe, read as conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError, RecipeError
from toolcall_data.events import Note, Progress, Started, Tell, silence
from toolcall_data.formats.base import Format
from toolcall_data.settings import Settings, short_forms
from toolcall_data.sources.dataset_info import format_of, local_files, read_entry
from toolcall_data.sources.paths import expand
from toolcall_data.sources.reader import Reading, open_file


class SourceSettings(Settings):
    """One source: files on disk, or an entry of an existing dataset_info.json.

    A source may be written as a path alone.
    """

    path: str | list[str] | None = None
    """A file, a folder, or a glob, or a list of them; relative to the recipe's folder."""
    format: str | None = None
    """The format's name (`tcdata formats`); left out, it is recognised by content."""
    dataset_info: str | None = None
    """A dataset_info.json whose entry `dataset` names the file, its columns and tags."""
    dataset: str | None = None
    """The entry's name in `dataset_info`."""
    hub: str | None = None
    """Where the rows come from on a hub, for the record; `path` names the local copy that is read."""
    license: str | None = None
    """The source's licence, for the record (an SPDX name)."""

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str | list) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string"}
        return short_forms(schema, handler, text, {"type": "array", "items": text})

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.dataset_info is None):
            raise ValueError("name either `path` or `dataset_info` with `dataset`")
        if (self.dataset is None) != (self.dataset_info is None):
            raise ValueError("`dataset_info` and `dataset` go together")
        return self


Sources = dict[str, SourceSettings]


@dataclass(frozen=True)
class Input:
    """One file to read: which source it belongs to, and its format where that is settled already."""

    source: str
    path: str
    format: Format | str | None


def inputs(sources: Mapping[str, SourceSettings], folder: Path) -> list[Input]:
    """The files that the sources mean, in order.

    Raises:
        InputError: a file is missing; RecipeError: an entry of dataset_info.json cannot be used.
    """
    found: list[Input] = []
    for name, source in sources.items():
        try:
            found += _inputs_of(name, source, folder)
        except InputError as error:
            hint = error.hint
            if source.hub:
                hint = f"download {source.hub} first, or name a local copy: --set sources.{name}.path=FILE"
            raise InputError(f"source `{name}`: {error.message}", hint=hint) from error
    return found


def _inputs_of(name: str, source: SourceSettings, folder: Path) -> list[Input]:
    if source.dataset_info is not None and source.dataset is not None:
        info = folder / source.dataset_info
        entry = read_entry(info, source.dataset)
        return [Input(name, path, format_of(entry)) for path in local_files(entry, info)]
    paths = [source.path] if isinstance(source.path, str) else source.path or []
    return [Input(name, path, source.format) for path in expand(_resolve(folder, path) for path in paths)]


def _resolve(folder: Path, path: str) -> str:
    """A recipe's path: `~` expanded, relative ones against the recipe's folder, without needless `..` parts."""
    wanted = Path(path).expanduser()
    if wanted.is_absolute():
        return str(wanted)
    joined = folder / wanted
    try:
        return str(joined.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(joined.resolve())


@dataclass(frozen=True)
class Loaded:
    """One conversation and the source it came from."""

    source: str
    conversation: Conversation


def load(wanted: list[Input], *, tell: Tell = silence) -> Iterator[Loaded]:
    """Every row of every input as a conversation, unreadable rows included, in order.

    Raises:
        InputError: a file cannot be opened, or no format fits it.
    """
    for one in wanted:
        reading = _open(one)
        tell(Started(f"reading {reading.path}", reading.size, "bytes"))
        tell(Note(f"{one.source}: {reading.path} as {reading.format.name}: {reading.reason}"))
        for count, conversation in enumerate(reading.conversations()):
            if count % 256 == 0:
                tell(Progress(f"reading {reading.path}", reading.position, reading.size, "bytes"))
            yield Loaded(one.source, conversation)


def _open(one: Input) -> Reading:
    try:
        return open_file(one.path, one.format)
    except RecipeError:
        raise
    except InputError as error:
        raise InputError(f"source `{one.source}`: {error.message}", hint=error.hint) from error
