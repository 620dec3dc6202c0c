"""Findings rule by rule, the most frequent first."""

from __future__ import annotations

from collections import defaultdict

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import STYLE_OF, brief, rule_counts
from toolcall_data.report.output import Counts, Found, Look, Output, Sink
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding

_KEPT_OF_A_RULE = 1000


class Grouped(Output):
    """Each rule with its counts and the first places where it spoke; at most 1000 places of a rule are kept."""

    name = "grouped"
    title = Prose("rule by rule", "按规则归类")
    says_summary = True

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._first: dict[str, list[Finding]] = defaultdict(list)

    def add(self, found: Found) -> None:
        most = min(self.look.most or _KEPT_OF_A_RULE, _KEPT_OF_A_RULE)
        for finding in found[1]:
            if len(self._first[finding.name]) < most:
                self._first[finding.name].append(finding)

    def end(self, counts: Counts) -> None:
        look = self.look
        if look.only_counts:
            self.out.write(rule_counts(counts, look))
            return
        for name, count in sorted(counts.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
            rule = rule_named(name)
            head = f"{look.paint(rule.code, STYLE_OF[rule.severity])} {look.paint(name, 'bold')}"
            total = look.words(
                f"{count.findings:,} in {count.rows:,} rows", f"{count.rows:,} 行中 {count.findings:,} 个"
            )
            self.out.write(f"{head}  {total}\n")
            self.out.writelines(f"  {brief(finding, look)}\n" for finding in self._first[name])
            if (more := count.findings - len(self._first[name])) > 0:
                self.out.write(look.words(f"  … {more:,} more\n", f"  … 另有 {more:,} 个\n"))
            self.out.write("\n")
