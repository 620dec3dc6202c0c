"""GitLab's code quality report.

Source: docs.gitlab.com, code quality, report format.
"""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_json import encoded, fingerprint
from toolcall_data.report.output import Counts, Found, Look, Output, Sink
from toolcall_data.rules.base import Severity

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


class GitLab(Output):
    """A JSON array of issues; fingerprints survive a new order of rows."""

    name = "gitlab"
    title = Prose("GitLab code quality report", "GitLab 代码质量报告")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._border = "\n"
        out.write("[")

    def add(self, found: Found) -> None:
        for finding in [] if self.look.only_counts else found[1]:
            issue = {
                "description": f"{finding.name}: {self.look.say(finding.message)}",
                "check_name": finding.code,
                "fingerprint": fingerprint(finding, found[0]),
                "severity": _SEVERITY[finding.severity],
                "location": {"path": finding.file, "lines": {"begin": finding.line or 1}},
            }
            self.out.write(self._border + encoded(issue))
            self._border = ",\n"

    def end(self, counts: Counts) -> None:
        self.out.write("\n]\n" if self._border != "\n" else "]\n")
