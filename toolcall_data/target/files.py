"""A whole file as LLaMA-Factory's loader meets it, gathered while its rows pass by.

Source: datasets 4.0.0, packaged_modules/json: JSON Lines are read by PyArrow in pieces of 10 MB, each with types of
its own that are cast to those of the first; an array, which PyArrow refuses, is read whole by pandas. Then
data/converter.py and data/processor of LLaMA-Factory 0.9.5 are mapped over the rows, 1000 at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.target.convert import convert
from toolcall_data.target.outcome import EndedError
from toolcall_data.target.registration import Registration, registration_for
from toolcall_data.target.shapes import Path, Place, Shapes

Loader: TypeAlias = Literal["array", "lines", "parquet"]
"""Which way a file is loaded: an array by pandas, lines (or objects one after another) by PyArrow."""

BATCH = 1000
"""Rows that `Dataset.map` writes, and LLaMA-Factory tokenises, at a time."""

_SECOND_LOOKS = 100
_ROLES = 100


class Watch:
    """What one process gathers of a file's rows; those of several pieces are merged in order.

    Without a `registration` the file is taken as tcdata would register its format. `kept` are the batches of which the
    trainer keeps a row. `roles` are those of messages, with their first place, and `is_led` whether a system message
    stands first, both of the first batch only unless the entry leaves tags out. `twice` is the first key that stands
    twice in an object, `padded` the first null parameter of a tool, in `padded_rows` rows.
    """

    def __init__(self, registration: Registration | None, format_name: str = "sharegpt") -> None:
        self.registration = registration
        self.format_name = format_name
        self.shapes = Shapes()
        self.kept: set[int] = set()
        self.roles: dict[str, Place] = {}
        self.is_led = False
        self.twice: tuple[Place, str] | None = None
        self.padded: tuple[Place, str] | None = None
        self.padded_rows = 0
        self._looks = _SECOND_LOOKS
        tags = registration
        self._wants_roles = tags is not None and not (tags.observation_tag and tags.function_tag and tags.system_tag)

    def skip(self, row: int) -> None:
        """Pass over a row that could not be read: it keeps the whole file from being loaded."""
        self.shapes.rows += 1
        self.kept.add(row // BATCH)

    def see(self, value: JSON, place: Place, text: bytes | str | None, conversation: Conversation) -> None:
        """Take in a row: its value, the text that stands in the file where it has one, and what a format made of it."""
        keys = self.shapes.add(value, place)
        if text is not None and self.twice is None and self._looks and _keys_written(text) > keys:
            self._looks -= 1
            if (key := _key_twice(text)) is not None:
                self.twice = (place, key)
        if self.registration is None:
            self.registration = _usual(self.format_name, value)
        if place[0] // BATCH not in self.kept and self._is_kept(value):
            self.kept.add(place[0] // BATCH)
        if self._wants_roles or (place[0] < BATCH and not self.is_led):
            self._note_roles(value, place)
        if conversation.tools_text is not None and "null" in conversation.tools_text:
            self._note_padding(conversation, place)

    def merge(self, later: Watch) -> None:
        """Take in what was gathered from rows that follow."""
        self.registration = self.registration or later.registration
        self.shapes.merge(later.shapes)
        self.kept |= later.kept
        self.roles = later.roles | self.roles
        self.is_led = self.is_led or later.is_led
        self.twice = self.twice or later.twice
        self.padded = self.padded or later.padded
        self.padded_rows += later.padded_rows

    def _note_padding(self, conversation: Conversation, place: Place) -> None:
        for tool in conversation.tools:
            parameters = tool.parameters
            properties = parameters.get("properties") if isinstance(parameters, dict) else None
            found = properties.items() if isinstance(properties, dict) else ()
            if nulls := [name for name, schema in found if schema is None]:
                self.padded_rows += 1
                self.padded = self.padded or (place, nulls[0])
                return

    def _note_roles(self, row: JSON, place: Place) -> None:
        assert self.registration is not None
        messages = row.get(self.registration.messages) if type(row) is dict else None
        for index, message in enumerate(messages if type(messages) is list else ()):
            role = message.get(self.registration.role_tag) if type(message) is dict else None
            if type(role) is str and role not in self.roles and len(self.roles) < _ROLES:
                self.roles[role] = place
            self.is_led = self.is_led or (index == 0 and role is not None and role == self.registration.system_tag)

    def _is_kept(self, row: JSON) -> bool:
        """Whether the trainer would keep the row, or fail on it for another reason."""
        assert self.registration is not None
        if type(row) is not dict:
            return True
        try:
            convert(row, self.registration)
        except EndedError as ended:
            return ended.outcome.kind != "drops"
        except RecursionError:
            pass
        return True


@dataclass(frozen=True)
class SeenFile:
    """A file whose rows have been read: `borders` are the first rows of its second and later 10 MB.

    `is_spread` says that it is longer than that and that its rows are objects over several lines.
    """

    path: str
    loader: Loader
    has_mark: bool
    watch: Watch
    borders: tuple[int, ...] = ()
    is_spread: bool = False

    @property
    def shapes(self) -> Shapes:
        return self.watch.shapes


@dataclass(frozen=True)
class SeenSet:
    """The files of one dataset, in the order of their names, and how the trainer reads their rows.

    `is_shuffled` says that rows are taken by chance (`num_samples`), so that their order in the file means nothing.
    """

    files: tuple[SeenFile, ...]
    registration: Registration
    is_shuffled: bool = False

    @property
    def rows(self) -> int:
        return sum(file.shapes.rows for file in self.files)

    def is_read(self, path: Path) -> bool:
        """Whether a place lies in a column that the trainer reads."""
        return bool(path) and path[0] in self.registration.columns.values()


def _usual(format_name: str, row: JSON) -> Registration:
    """What tcdata would register for a file with this first row, all optional columns with it."""
    columns = set(row) & {"conversations", "messages"} if isinstance(row, dict) else set()
    return registration_for(format_name, _OPTIONAL | columns)


_OPTIONAL = frozenset({"system", "tools", "input", "history"})


def _keys_written(text: bytes | str) -> int:
    """Keys in the text of a row, those inside strings not counted; fewer where blanks stand before colons."""
    if isinstance(text, bytes):
        return text.count(b'":') - text.count(b'\\":')
    return text.count('":') - text.count('\\":')


def _key_twice(text: bytes | str) -> str | None:
    """A key that one object of a row has twice."""
    found: list[str] = []

    def pairs(items: list[tuple[str, JSON]]) -> JSON:
        keys = [key for key, _ in items]
        found.extend(key for key in keys if len(keys) > len(set(keys)) and keys.count(key) > 1)
        return dict(items)

    look: Callable[[bytes | str], JSON] = json.JSONDecoder(object_pairs_hook=pairs).decode  # type: ignore[assignment]
    try:
        look(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None
