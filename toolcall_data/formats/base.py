"""What a format is, how one is found, and how a file's format is recognised."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Protocol

from toolcall_data.catalogue import classes
from toolcall_data.conversation.model import JSON, Conversation, Origin
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean, nearest


class Format(ABC):
    """One on-disk shape of a row.

    `name` is what `--from` takes, `title` one line for a person, `loses` what writing it cannot keep, `example` a
    whole row. Reading never fails: what does not fit is kept as the conversation model says.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    loses: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[dict[str, JSON]]

    @classmethod
    @abstractmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        """What in this row shows the format, or None where nothing does."""

    @abstractmethod
    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        """The conversation a row holds."""

    @abstractmethod
    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row of a conversation, with the leftovers that its format had."""


class _Entry(Protocol):
    """A dataset_info.json entry, as far as a format needs it."""

    formatting: str
    columns: Mapping[str, str | None]
    tags: Mapping[str, str | None]


@dataclass(frozen=True)
class Recognised:
    """A file's format and why: how many of the first rows showed it."""

    name: str
    reason: str
    matched: int
    looked_at: int


@cache
def formats() -> dict[str, type[Format]]:
    """All formats by name."""
    return {found.name: found for found in classes("toolcall_data.formats", Format)}  # type: ignore[type-abstract]


def format_named(name: str) -> Format:
    """The format with this name, with its usual column names.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in formats():
        names = ", ".join(sorted(formats()))
        raise UsageError(f"no format named `{name}`", hint=did_you_mean(name, formats()) or f"formats: {names}")
    return formats()[name]()


def recognise(rows: Iterable[JSON]) -> Recognised | None:
    """The format most of `rows` show, with the reason of the first; None where no row shows any."""
    seen: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    looked_at = 0
    for row in rows:
        looked_at += 1
        if not isinstance(row, dict):
            continue
        for name, found in formats().items():
            if reason := found.recognise(row):
                seen[name] += 1
                reasons.setdefault(name, reason)
                break
    if not seen:
        return None
    name, matched = seen.most_common(1)[0]
    return Recognised(name, reasons[name], matched, looked_at)


def nearest_key(row: Mapping[str, JSON], key: str) -> str:
    """` (did you mean `x`?)` where the row has a key that looks like `key`, else an empty string."""
    found = nearest(key, [name for name in row if isinstance(name, str)])
    return f" (the row has `{found[0]}`)" if found else ""
