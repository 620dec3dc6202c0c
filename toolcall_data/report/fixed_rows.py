"""Rows that fixes changed: what the fix of each rule did, as a patch log and as a diff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from toolcall_data.conversation.json_changes import Change, changes, common_ends
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import JSON
from toolcall_data.report.output import Look
from toolcall_data.rules.base import Applicability, Rule
from toolcall_data.safe_text import safe

_CONTEXT = 3
_MOST_COMPARED = 2000
"""Lines that are aligned with each other; beyond that the old ones stand above the new ones."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the fix of one rule changed in a row, change by change."""

    rule: Rule
    applicability: Applicability
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A row that was fixed: where it stands, what it was and is, and what each rule's fix changed, in order."""

    path: str
    row: int
    line: int | None
    id: str | None
    before: dict[str, JSON]
    after: dict[str, JSON]
    edits: tuple[Edit, ...]

    @property
    def place(self) -> str:
        """`file:line`, or `file:#row` (from 0) where the file has no lines."""
        return f"{self.path}:{self.line}" if self.line is not None else f"{self.path}:#{self.row}"

    @property
    def rules(self) -> list[str]:
        """The names of the rules that changed it."""
        return list(dict.fromkeys(edit.rule.name for edit in self.edits))


def log_lines(row: FixedRow) -> Iterator[dict[str, JSON]]:
    """The lines of the patch log for a row: applied in order to the row as it was, they give the row as it is.

    `op` and `address` are those of RFC 6902; `sub` is the place inside the JSON text at `address`, where it is one.
    """
    for edit in row.edits:
        for change in edit.changes:
            yield {
                "file": row.path,
                "row": row.row,
                "line": row.line,
                "id": row.id,
                "rule": edit.rule.name,
                "code": edit.rule.code,
                "applicability": edit.applicability,
                "op": change.op,
                "address": change.at,
                "sub": _inside(change),
                "before": change.before,
                "after": change.after,
            }


def _inside(change: Change) -> str | None:
    """The deepest place inside a JSON text that holds all that changed in it."""
    if not isinstance(change.before, str) or not isinstance(change.after, str):
        return None
    before, after = decode(change.before), decode(change.after)
    if before.error is not None or after.error is not None or not isinstance(after.value, dict | list):
        return None
    places = [inner.at.split("/") for inner in changes(before.value, after.value)]
    if not places:
        return None
    first, last = min(places), max(places)
    length = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return "/".join(first[:length]) or None


def diff(row: FixedRow, look: Look) -> str:
    """A unified diff of a row, printed a key a line; JSON inside strings is printed so too, between its quotes."""
    row_id = f" (id {row.id})" if row.id is not None else ""
    head = [
        look.paint(f"--- {safe(row.place)}{safe(row_id)}", "bold"),
        look.paint(f"+++ {safe(row.place)}{safe(row_id)}  {', '.join(row.rules)}", "bold"),
    ]
    body = [_painted(safe(line), look) for line in _unified(_printed(row.before), _printed(row.after))]
    return "\n".join([*head, *body]) + "\n"


def _painted(line: str, look: Look) -> str:
    return look.paint(line, _STYLES[line[:1]]) if line[:1] in _STYLES else line


_STYLES = {"-": "error", "+": "good", "@": "info"}


def _unified(before: list[str], after: list[str]) -> Iterator[str]:
    """The hunks of a unified diff. Ends that are the same are not compared, which takes quadratic time."""
    start, stop = common_ends(before, after)
    start, stop = max(start - _CONTEXT, 0), max(stop - _CONTEXT, 0)
    old, new = before[start : len(before) - stop], after[start : len(after) - stop]
    if len(old) + len(new) > _MOST_COMPARED:
        yield f"@@ -{start + 1},{len(old)} +{start + 1},{len(new)} @@"
        yield from (f"-{line}" for line in old)
        yield from (f"+{line}" for line in new)
        return
    import difflib

    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(start, first[1], last[2])} +{_range(start, first[3], last[4])} @@"
        for kind, a, b, c, d in group:
            yield from (f" {line}" for line in (old[a:b] if kind == "equal" else ()))
            yield from (f"-{line}" for line in (old[a:b] if kind != "equal" else ()))
            yield from (f"+{line}" for line in (new[c:d] if kind != "equal" else ()))


def _range(start: int, first: int, last: int) -> str:
    return f"{start + first + 1},{last - first}"


def _printed(value: JSON) -> list[str]:
    try:
        return list(_lines(value, "", "", ""))
    except RecursionError:
        return [json.dumps(value, ensure_ascii=False)]


def _lines(value: JSON, lead: str, margin: str, end: str) -> Iterator[str]:
    """A value printed a key a line, after `lead` and before `end`."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        found = decode(value)
        if found.error is None and found.value:
            yield from _lines(found.value, f'{lead}"', margin, f'"{end}')
            return
    if not value or not isinstance(value, dict | list):
        yield f"{lead}{json.dumps(value, ensure_ascii=False)}{end}"
        return
    brackets = "{}" if isinstance(value, dict) else "[]"
    named = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    yield lead + brackets[0]
    for number, (key, item) in enumerate(named, 1):
        name = "" if key is None else f"{json.dumps(key, ensure_ascii=False)}: "
        yield from _lines(item, f"{margin}  {name}", f"{margin}  ", "," if number < len(value) else "")
    yield f"{margin}{brackets[1]}{end}"
