"""Annotations of GitHub Actions.

Source: docs.github.com, workflow commands for GitHub Actions; ten errors and ten warnings of a step are shown.
"""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import totals
from toolcall_data.report.output import Counts, Found, Look, Output, Sink, Worst
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.safe_text import safe

_MOST = 50
_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GitHub(Output):
    """The worst findings as annotations, and a notice with the totals."""

    name = "github"
    title = Prose("GitHub Actions annotations", "GitHub Actions 注解")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._worst = Worst(_MOST)

    def add(self, found: Found) -> None:
        for finding in found[1]:
            self._worst.add(found[0], finding)

    def end(self, counts: Counts) -> None:
        shown = [] if self.look.only_counts else self._worst.in_order()
        for _, finding in sorted(shown, key=lambda item: -item[1].severity):
            self.out.write(f"{self._annotation(finding)}\n")
        self.out.write(f"::notice title=tcdata::{_data(totals(counts, self.look))}\n")

    def _annotation(self, finding: Finding) -> str:
        places = {"file": finding.file, "line": str(finding.line or 1), "title": f"{finding.code} {finding.name}"}
        where = ",".join(f"{name}={_property(text)}" for name, text in places.items())
        row = f"#{finding.row} " if finding.row is not None else ""
        text = f"{row}{finding.pointer}: {self.look.say(finding.message)}"
        return f"::{_COMMAND[finding.severity]} {where}::{_data(text)}"


def _data(text: str) -> str:
    """Text after the `::` of a command, where percent signs and line ends would end or change it."""
    return safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
