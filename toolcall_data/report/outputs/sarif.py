"""SARIF 2.1.0, for code scanning.

Source: OASIS SARIF 2.1.0; GitHub's code scanning keeps 5000 results of a run, so more are left out, and it is said.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from toolcall_data.conversation.model import Conversation
from toolcall_data.formats.base import formats
from toolcall_data.prose import Prose
from toolcall_data.report.finding_json import encoded, fingerprint
from toolcall_data.report.output import Counts, Found, Look, Output, Sink, Worst
from toolcall_data.report.rule_text import rule_markdown
from toolcall_data.rules._registry import explanation, rule_named
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.version import __version__

MOST = 5000
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LONGEST_SNIPPET = 1000
_ONE_ROW_A_LINE = (".jsonl", ".ndjson")


class Sarif(Output):
    """One run with the worst findings; alerts keep their identity when rows are reordered."""

    name = "sarif"
    title = Prose("SARIF 2.1.0 for code scanning", "代码扫描用的 SARIF 2.1.0")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._worst = Worst(MOST)
        self._mended: set[tuple[str, int | None, str]] = set()

    def add(self, found: Found) -> None:
        for finding in found[1]:
            self._worst.add(found[0], finding)

    def end(self, counts: Counts) -> None:
        shown = [] if self.look.only_counts else self._worst.in_order()
        rules = [rule_named(name) for name in sorted(counts.by_rule)]
        index = {rule.name: number for number, rule in enumerate(rules)}
        run = {
            "tool": {
                "driver": {
                    "name": "tcdata",
                    "version": __version__,
                    "semanticVersion": __version__,
                    "rules": [self._rule(rule) for rule in rules],
                }
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": self._notes()}],
            "results": [self._result(finding, conversation, index) for conversation, finding in shown],
        }
        document = {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
        self.out.write(encoded(document) + "\n")

    def _notes(self) -> list[dict[str, Any]]:
        if not self._worst.left_out:
            return []
        text = f"{self._worst.left_out:,} findings are left out: a run holds {MOST:,}, the worst are kept"
        return [{"level": "warning", "message": {"text": text}}]

    def _rule(self, rule: Rule) -> dict[str, Any]:
        said = explanation(rule, self.look.language)
        return {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": said.what},
            "fullDescription": {"text": " ".join(" ".join(body.split()) for body in list(said.sections.values())[:2])},
            "help": {"text": said.what, "markdown": rule_markdown(rule, self.look.language)},
            "defaultConfiguration": {"level": _LEVEL[rule.severity]},
            "properties": {"tags": [rule.name.split(".")[0], "tool-calling"]},
        }

    def _result(self, finding: Finding, conversation: Conversation | None, index: dict[str, int]) -> dict[str, Any]:
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": index[finding.name],
            "level": _LEVEL[finding.severity],
            "message": {"text": self.look.say(finding.message)},
            "locations": [_location(finding)],
            "partialFingerprints": {"tcdataRowKey/v1": fingerprint(finding, conversation)},
            "properties": {"row": finding.row, "sub": finding.sub},
        }
        # A rule's fix mends all its findings of a row at once: the first of them has it.
        once = (finding.file, finding.row, finding.name)
        if once not in self._mended and (fixes := _fixes(finding, conversation)):
            result["fixes"] = fixes
            self._mended.add(once)
        return result


def _location(finding: Finding) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line or 1}
    if finding.excerpt:
        region["snippet"] = {"text": finding.excerpt[:_LONGEST_SNIPPET]}
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(finding), "region": region}}
    if finding.pointer:
        found["logicalLocations"] = [{"fullyQualifiedName": f"#{finding.row}{finding.pointer}{finding.sub or ''}"}]
    return found


def _artifact(finding: Finding) -> dict[str, str]:
    return {"uri": quote(PurePath(finding.file or "input").as_posix(), safe="/:")}


def _fixes(finding: Finding, conversation: Conversation | None) -> list[dict[str, Any]]:
    """The row's line as the rule's safe fix writes it; only where a row is a line."""
    if finding.fix != "safe" or conversation is None or not finding.file.endswith(_ONE_ROW_A_LINE):
        return []
    known = formats().get(conversation.origin.format)
    fixed = rule_named(finding.name).fix_safely(conversation)
    if known is None or not known.is_writable or fixed == conversation:
        return []
    line = finding.line or 1
    replacement = {
        "deletedRegion": {"startLine": line, "startColumn": 1, "endLine": line + 1, "endColumn": 1},
        "insertedContent": {"text": encoded(known().write(fixed)) + "\n"},
    }
    change = {"artifactLocation": _artifact(finding), "replacements": [replacement]}
    return [{"description": {"text": f"the fix of {finding.name}"}, "artifactChanges": [change]}]
