"""Findings as JSON: the same facts as the text, for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import xxhash

from toolcall_data.conversation.fingerprint import content_key
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.formats.base import formats
from toolcall_data.report.output import Counts, FileCount, Found, Look
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding
from toolcall_data.version import __version__

Write = Callable[[Conversation], dict[str, JSON]]

SCHEMA_VERSION = 1


def encoded(value: Any) -> str:
    """Compact JSON. Halves of surrogate pairs, which no UTF-8 holds, become question marks."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        import json

        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode()


def head_object() -> dict[str, Any]:
    """What every JSON report begins with."""
    return {"version": SCHEMA_VERSION, "schema_version": SCHEMA_VERSION, "tcdata": __version__}


def counts_object(counts: Counts) -> dict[str, Any]:
    """What every JSON report ends with: the files, findings and rows by rule, and what was fixed before."""
    by_rule = {name: {"findings": count.findings, "rows": count.rows} for name, count in sorted(counts.by_rule.items())}
    fixed = {} if counts.fixed is None else {"fixed": counts.fixed}
    return {"files": [_file_object(file) for file in counts.files], "summary": by_rule, **fixed}


def _file_object(file: FileCount) -> dict[str, Any]:
    return {
        "path": file.path,
        "format": file.format,
        "reason": file.reason,
        "rows": file.rows,
        "rows_with_errors": file.rows_with_errors,
        "rows_with_warnings": file.rows_with_warnings,
        "outcomes": dict(file.outcomes),
    }


def finding_objects(found: Found, look: Look) -> Iterator[dict[str, Any]]:
    """The findings of one row."""
    conversation, findings = found
    name = conversation.origin.format if conversation is not None else ""
    known = formats().get(name)
    write = known().write if known is not None and known.is_writable else None
    mended: set[tuple[str, str | None]] = set()
    for finding in findings:
        rule_and_kind = (finding.name, finding.fix)
        yield finding_object(finding, conversation, write, look, is_mended=rule_and_kind in mended)
        mended.add(rule_and_kind)


def fingerprint(finding: Finding, conversation: Conversation | None) -> str:
    """32 hexadecimal digits that name the finding, in whatever order the rows stand."""
    row = content_key(conversation) if conversation is not None else finding.key or f"{finding.file}:{finding.row}"
    return xxhash.xxh3_128_hexdigest(f"{row}\0{finding.name}\0{finding.pointer}\0{finding.sub or ''}".encode())


def finding_object(
    finding: Finding, conversation: Conversation | None, write: Write | None, look: Look, *, is_mended: bool = False
) -> dict[str, Any]:
    """One finding under the keys of the report schema.

    `row` counts from 0, `line` from 1 (null where the file has no lines), `span` are characters of the value at
    `pointer`. `fix.patch` (RFC 6902) turns the row into the one that the rule's fix gives; it mends all findings of
    the rule in the row, so of several the first holds it, and it is empty where the row `is_mended` by an earlier one.
    """
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.word,
        "message": look.say(finding.message),
        "hint": look.say(finding.hint) or None,
        "file": finding.file,
        "row": finding.row,
        "line": finding.line,
        "id": finding.id,
        "key": content_key(conversation) if conversation is not None else None,
        "pointer": finding.pointer,
        "sub": finding.sub,
        "span": {"start": finding.span[0], "end": finding.span[1]} if finding.span else None,
        "excerpt": finding.excerpt[:2000] or None,
        "fix": _fix_object(finding, conversation, write, is_mended),
        "verdict": _verdict_object(finding, look),
        "suppressed": False,
        "url": f"docs/rules.md#{finding.name.replace('.', '')}",
    }


def _verdict_object(finding: Finding, look: Look) -> dict[str, Any] | None:
    """What the trainer does with the row because of the finding."""
    found = finding.verdict
    if found is None:
        return None
    said = {"cause": look.say(found.cause), "trained": look.say(found.trained) or None, "error": found.error or None}
    return {"kind": found.kind, **said}


def _fix_object(
    finding: Finding, conversation: Conversation | None, write: Write | None, is_mended: bool
) -> dict[str, Any] | None:
    if finding.fix is None or conversation is None or write is None:
        return None
    rule = rule_named(finding.name)
    if is_mended:
        return {"applicability": finding.fix, "description": f"the fix of {rule.name}", "patch": []}
    fixed = rule.fix_safely(conversation) if finding.fix == "safe" else rule.fix(conversation)
    if fixed == conversation:
        return None
    before, after = write(conversation), write(fixed)
    # "add" also replaces, and holds where the row as written lacks the key.
    patch = [
        {"op": "add", "path": f"/{key}", "value": value} for key, value in after.items() if before.get(key) != value
    ]
    return {"applicability": finding.fix, "description": f"the fix of {rule.name}", "patch": patch}
