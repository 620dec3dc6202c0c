"""One line a finding, for editors and logs."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import one_line, rule_counts
from toolcall_data.report.output import Counts, Found, Output


class Concise(Output):
    """`file:line:pointer: CODE name message`."""

    name = "concise"
    title = Prose("one line a finding", "每个问题一行")
    says_summary = True

    def add(self, found: Found) -> None:
        if not self.look.only_counts:
            self.out.writelines(f"{one_line(finding, self.look)}\n" for finding in found[1])

    def end(self, counts: Counts) -> None:
        if self.look.only_counts:
            self.out.write(rule_counts(counts, self.look))
