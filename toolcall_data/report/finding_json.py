"""Findings as JSON: the same facts as the text, for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolcall_data.conversation.fingerprint import content_key
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding

Write = Callable[[Conversation], dict[str, JSON]]


def finding_object(finding: Finding, conversation: Conversation | None, write: Write | None) -> dict[str, Any]:
    """One finding under the keys of the report schema.

    `row` counts from 0, `line` from 1 (null where the file has no lines), `span` are characters of the value at
    `pointer`. `fix.patch` (RFC 6902) turns the row into the one that the rule's fix gives.
    """
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.word,
        "message": finding.message,
        "hint": finding.hint or None,
        "file": finding.file,
        "row": finding.row,
        "line": finding.line,
        "id": finding.id,
        "key": content_key(conversation) if conversation is not None else None,
        "pointer": finding.pointer,
        "sub": finding.sub,
        "span": {"start": finding.span[0], "end": finding.span[1]} if finding.span else None,
        "excerpt": finding.excerpt[:2000] or None,
        "fix": _fix_object(finding, conversation, write),
        "suppressed": False,
        "url": f"docs/rules.md#{finding.name.replace('.', '')}",
    }


def _fix_object(finding: Finding, conversation: Conversation | None, write: Write | None) -> dict[str, Any] | None:
    if finding.fix is None or conversation is None or write is None:
        return None
    rule = rule_named(finding.name)
    fixed = rule.fix(conversation)
    if fixed == conversation:
        return None
    before, after = write(conversation), write(fixed)
    # "add" also replaces, and holds where the row as written lacks the key.
    patch = [
        {"op": "add", "path": f"/{key}", "value": value} for key, value in after.items() if before.get(key) != value
    ]
    return {"applicability": finding.fix, "description": f"the fix of {rule.name}", "patch": patch}
