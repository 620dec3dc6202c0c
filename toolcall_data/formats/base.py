"""What a format is, how one is found, and how a file's format is recognised."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import ClassVar, Protocol

from toolcall_data.catalogue import classes
from toolcall_data.conversation.model import JSON, Conversation, Origin
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean, nearest


class Trait(StrEnum):
    """Something that a conversation may have and a format may be unable to hold; `losses.py` finds and erases each."""

    CALL_IDS = "call_ids"
    TEXT_BESIDE_CALL = "text_beside_call"
    THINKING = "thinking"
    THINKING_BESIDE_CALL = "thinking_beside_call"
    SEVERAL_CALLS = "several_calls"
    SEVERAL_RESULTS = "several_results"
    RESULT_NAMES = "result_names"
    RESULT_ERRORS = "result_errors"
    ANY_ORDER = "any_order"
    LATER_SYSTEM = "later_system"
    SYSTEM = "system"
    WEIGHTS = "weights"
    TOOL_FIELDS = "tool_fields"
    TOOL_WRAPPING = "tool_wrapping"
    TOOLS = "tools"
    CALLS = "calls"
    RESULTS = "results"
    SEVERAL_TURNS = "several_turns"
    ROW_FIELDS = "row_fields"
    MESSAGE_FIELDS = "message_fields"
    CALL_FIELDS = "call_fields"
    VALUE_TYPES = "value_types"
    CALL_SPELLING = "call_spelling"
    MALFORMED = "malformed"


class Format(ABC):
    """One on-disk shape of a row.

    `name` is what `--from` takes, `title` one line for a person, `example` a whole row. `holds` are the traits that
    writing keeps: reading what was written gives the conversation back, less the traits that are not held. A dialect
    names the format it `extends`: it reads the plain rows of that format just the same. `is_writable` is False for
    shapes that are only read. Reading never fails: what does not fit is kept as the conversation model says.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    holds: ClassVar[frozenset[Trait]] = frozenset()
    extends: ClassVar[str | None] = None
    is_writable: ClassVar[bool] = True
    loses: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[dict[str, JSON]]

    @classmethod
    @abstractmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        """What in this row shows the format, or None where nothing does."""

    @abstractmethod
    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        """The conversation a row holds."""

    def read_all(self, row: Mapping[str, JSON], origin: Origin) -> Iterator[Conversation]:
        """The conversations of a row, for shapes that hold several; `origin.part` numbers them where they do."""
        yield self.read(row, origin)

    def beside(self, path: str) -> Format:
        """The format with what it needs from the files that lie beside a data file."""
        return self

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row of a conversation, with the leftovers that its format had.

        Raises:
            UsageError: the format is only read.
        """
        raise UsageError(f"rows of the format `{self.name}` are only read, not written", hint="write `sharegpt`")


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
    """The format most of `rows` show, with the reason of the first; None where no row shows any.

    Dialects are asked before the formats they extend. Plain rows count for the dialect that at least one row in ten
    shows, since it reads them too.
    """
    seen: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    looked_at = 0
    for row in rows:
        looked_at += 1
        if not isinstance(row, dict):
            continue
        for name, found in _dialects_first():
            if reason := found.recognise(row):
                seen[name] += 1
                reasons.setdefault(name, reason)
                break
    if not seen:
        return None
    for name, count in seen.most_common():
        base = formats()[name].extends
        if base is not None and base in seen and count * _PLAIN_ROWS_PER_DIALECT_ROW >= seen[base]:
            seen[name] += seen.pop(base)
    name, matched = seen.most_common(1)[0]
    return Recognised(name, reasons[name], matched, looked_at)


_PLAIN_ROWS_PER_DIALECT_ROW = 9


@cache
def _dialects_first() -> tuple[tuple[str, type[Format]], ...]:
    def depth(name: str) -> int:
        base = formats()[name].extends
        return 0 if base is None else 1 + depth(base)

    return tuple(sorted(formats().items(), key=lambda item: -depth(item[0])))


def with_leftovers(written: dict[str, JSON], leftovers: Mapping[str, JSON]) -> dict[str, JSON]:
    """A row or message with its leftovers after it; what is written wins where both have a key."""
    return {**written, **{key: value for key, value in leftovers.items() if key not in written}}


def nearest_key(row: Mapping[str, JSON], key: str) -> str:
    """` (did you mean `x`?)` where the row has a key that looks like `key`, else an empty string."""
    found = nearest(key, [name for name in row if isinstance(name, str)])
    return f" (the row has `{found[0]}`)" if found else ""
