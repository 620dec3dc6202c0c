"""Known findings: the way into a dirty set is to note today's findings and to fail on new ones only.

A finding is known by the content of its row, its rule and its place, so that rows may be reordered or moved.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from toolcall_data.atomic import write_whole
from toolcall_data.conversation.fingerprint import content_key
from toolcall_data.conversation.model import Conversation
from toolcall_data.errors import InputError
from toolcall_data.rules.base import Finding

VERSION = 1


class Baseline:
    """Findings by the key of their row; those about a set by their own key, or else by the name of their file."""

    def __init__(self, known: dict[str, set[str]] | None = None) -> None:
        self._known: dict[str, set[str]] = defaultdict(set, known or {})

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def add(self, conversation: Conversation | None, findings: Iterable[Finding]) -> None:
        """Make findings of one row known."""
        for finding in findings:
            self._known[_row(conversation, finding)].add(_what(finding))

    def new(self, conversation: Conversation | None, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of one row that are not known."""
        nothing: set[str] = set()
        return [each for each in findings if _what(each) not in self._known.get(_row(conversation, each), nothing)]

    def write(self, path: Path) -> None:
        """Write the file: rows in the order of their keys, so that versions compare well."""
        lines = [f"{json.dumps(key)}: {json.dumps(sorted(known))}" for key, known in sorted(self._known.items())]
        body = ",\n".join(lines)
        write_whole(path, f'{{"version": {VERSION}, "findings": {{\n{body}\n}}}}\n')


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        InputError: it cannot be read, or is none.
    """
    hint = "`tcdata validate --write-baseline` makes one"
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the baseline {path}: {error.strerror or error}", hint=hint) from error
    except ValueError as error:
        raise InputError(f"{path} is no baseline: {error}", hint=hint) from error
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("findings"), dict):
        raise InputError(f"{path} is no baseline of version {VERSION}", hint=hint)
    return Baseline({key: set(known) for key, known in found["findings"].items()})


def _row(conversation: Conversation | None, finding: Finding) -> str:
    return content_key(conversation) if conversation is not None else finding.key or Path(finding.file).name


def _what(finding: Finding) -> str:
    return " ".join(part for part in (finding.name, finding.pointer, finding.sub) if part)
