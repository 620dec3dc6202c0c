"""For programs that read text: no art, every fact on one line, and the commands to go on with."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import one_line, totals
from toolcall_data.report.output import Counts, Found, Look, Output, Sink, Worst

_MOST = 40


class Agent(Output):
    """Totals, the worst findings with what to do, and the next commands."""

    name = "agent"
    title = Prose("compact text for programs that read text", "给读文本的程序的紧凑文本")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._worst = Worst(_MOST)

    def add(self, found: Found) -> None:
        for finding in found[1]:
            self._worst.add(found[0], finding)

    def end(self, counts: Counts) -> None:
        look, write = self.look, self.out.write
        write(f"result: {totals(counts, look)}\n")
        for name, count in sorted(counts.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
            write(f"rule: {name} findings={count.findings} rows={count.rows}\n")
        for _, finding in [] if look.only_counts else self._worst.in_order():
            hint = f" | {' '.join(look.say(finding.hint).split())}" if finding.hint else ""
            write(f"{finding.severity.word}: {one_line(finding, look)}{hint}\n")
        if self._worst.left_out and not look.only_counts:
            write(f"left out: {self._worst.left_out} (--format jsonl gives all)\n")
        if counts.by_rule:
            worst = max(counts.by_rule, key=lambda name: counts.by_rule[name].findings)
            write(f"next: tcdata explain {worst}\n")
        if counts.fixable:
            write(f"next: tcdata fix {counts.files[0].path} --diff\n")
