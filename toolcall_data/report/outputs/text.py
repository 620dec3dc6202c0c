"""Diagnostics for a person at a terminal."""

from __future__ import annotations

from collections import Counter

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import diagnostic, rule_counts
from toolcall_data.report.output import Counts, Found, Look, Output, Sink
from toolcall_data.safe_text import safe


class Text(Output):
    """Each finding with the piece of JSON it is about; of many alike only the first ones."""

    name = "text"
    title = Prose("diagnostics with the piece of JSON each is about", "带 JSON 片段的诊断")
    says_summary = True

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._shown: Counter[tuple[str, str]] = Counter()

    def add(self, found: Found) -> None:
        for finding in found[1]:
            key = (finding.file, finding.name)
            self._shown[key] += 1
            if not self.look.only_counts and (self.look.most is None or self._shown[key] <= self.look.most):
                self.out.write(f"{diagnostic(finding, self.look)}\n\n")

    def end(self, counts: Counts) -> None:
        look = self.look
        if look.only_counts:
            self.out.write(rule_counts(counts, look))
            return
        for (file, name), count in sorted(self._shown.items()):
            if look.most is not None and count > look.most:
                more = look.words(f"{count - look.most} more {name} in", f"另有 {count - look.most} 个 {name}，在")
                self.out.write(f"{look.paint(look.words('note:', '注:'), 'dim')} {more} {safe(file)} (--show-all)\n")
