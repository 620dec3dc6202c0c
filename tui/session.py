"""What the screen asks about rows: summaries for the table, conversations, findings. No widget, no file."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._checker import Checker
from toolcall_data.rules.base import Finding
from toolcall_data.sources.row_store import RowStore

from .text import one_line

_LARGE = 1 << 20
_PREVIEW = 400
_BREATH = 0.0003
"""Seconds between two rows judged in a row, in which the thread that paints can take its turn."""
_UNKNOWN = 0
_JUDGED = 2
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Summary:
    """What the table shows of a row; None where a row is too large to be parsed for it."""

    turns: int | None
    calls: int | None
    preview: str


class Session:
    """Rows with their findings. A row is parsed and judged when it is asked for, and its worst severity is kept."""

    def __init__(self, store: RowStore, checker: Checker) -> None:
        self.store = store
        self._checker = checker
        self._worst = bytearray()
        self._summaries: _Recent[Summary] = _Recent(4096)
        self._findings: _Recent[list[Finding]] = _Recent(512)

    def conversation(self, row: int) -> Conversation:
        return self.store.conversation(row)

    def summary(self, row: int) -> Summary:
        return self._summaries.get(row, self._summarise)

    def findings(self, row: int) -> list[Finding]:
        """The findings of a row, the worst first, and in the order of the row among equals."""
        found = self._findings.get(row, self._judge)
        self._remember(row, found)
        return found

    def known_severity(self, row: int) -> int | None:
        """The worst severity of a row that was judged: -1 for a clean one; None where it was not judged yet."""
        state = self._worst[row] if row < len(self._worst) else _UNKNOWN
        return None if state == _UNKNOWN else state - _JUDGED

    def severity(self, row: int) -> int:
        """The worst severity of a row, -1 for a clean one."""
        known = self.known_severity(row)
        if known is not None:
            return known
        return max((finding.severity for finding in self.findings(row)), default=-1)

    def with_findings(self, rows: Iterator[int]) -> Iterator[tuple[int, bool]]:
        """Each of `rows`, judged, and whether anything was found in it; for a thread beside the one that paints."""
        for row in rows:
            yield row, self.severity(row) >= 0
            time.sleep(_BREATH)

    def _summarise(self, row: int) -> Summary:
        if self.store.size(row) > _LARGE:
            return Summary(None, None, one_line(self.store.raw(row)[:_PREVIEW]))
        conversation = self.conversation(row)
        return Summary(len(conversation.messages), len(conversation.calls), _preview(conversation))

    def _judge(self, row: int) -> list[Finding]:
        found = self._checker.check(self.conversation(row))
        return sorted(found, key=lambda finding: -finding.severity)

    def _remember(self, row: int, found: list[Finding]) -> None:
        if row >= len(self._worst):
            self._worst.extend(bytes(max(row + 1, len(self.store)) - len(self._worst)))
        self._worst[row] = _JUDGED + max((finding.severity for finding in found), default=-1)


def _preview(conversation: Conversation) -> str:
    """The first words of the user, else of anybody, else what is wrong with the row."""
    texts = [message.text for message in conversation.messages if message.role == "user"]
    texts += [message.text for message in conversation.messages if message.role in ("assistant", "system")]
    texts += [f"⚠ {problem.detail}" for problem in conversation.problems]
    return next((line for text in texts if (line := one_line(text[:_PREVIEW]))), "")


class _Recent(Generic[Found]):
    """The answers given last, by row."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[int, Found] = OrderedDict()
        self._lock = Lock()

    def get(self, row: int, make: Callable[[int], Found]) -> Found:
        with self._lock:
            if row in self._kept:
                self._kept.move_to_end(row)
                return self._kept[row]
        found = make(row)
        with self._lock:
            self._kept[row] = found
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
