"""Markdown for a pull request or a step summary: at most 60 kB, as GitHub wants it."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import place, totals
from toolcall_data.report.output import Counts, Found, Look, Output, Sink, Worst
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding
from toolcall_data.safe_text import safe

_MOST = 100
_MOST_BYTES = 60_000


class Markdown(Output):
    """Totals, a table of rules, a table of files, and the worst findings."""

    name = "markdown"
    title = Prose("Markdown tables, at most 60 kB", "Markdown 表格，不超过 60 kB")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._worst = Worst(_MOST)

    def add(self, found: Found) -> None:
        for finding in found[1]:
            self._worst.add(found[0], finding)

    def end(self, counts: Counts) -> None:
        look = self.look
        head = [f"## tcdata validate\n\n**{totals(counts, look)}**\n", self._rules(counts), self._files(counts)]
        text = "\n".join(part for part in head if part)
        left = 0
        shown = [] if look.only_counts else sorted(self._worst.in_order(), key=lambda item: -item[1].severity)
        if shown:
            text += look.words("\n| where | rule | what |\n", "\n| 位置 | 规则 | 问题 |\n") + "| --- | --- | --- |\n"
        for _, finding in shown:
            line = self._line(finding)
            if len((text + line).encode()) > _MOST_BYTES:
                left += 1
            else:
                text += line
        if left + self._worst.left_out and shown:
            more = left + self._worst.left_out
            text += look.words(f"\n… and {more:,} more findings\n", f"\n… 另有 {more:,} 个问题\n")
        self.out.write(text)

    def _rules(self, counts: Counts) -> str:
        look = self.look
        if not counts.by_rule:
            return ""
        lines = [look.words("| rule | severity | findings | rows |", "| 规则 | 级别 | 问题 | 行 |")]
        lines.append("| --- | --- | ---: | ---: |")
        for name, count in sorted(counts.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
            rule = rule_named(name)
            lines.append(f"| {rule.code} `{name}` | {rule.severity.word} | {count.findings:,} | {count.rows:,} |")
        return "\n".join(lines) + "\n"

    def _files(self, counts: Counts) -> str:
        lines = [
            self.look.words(
                "| file | format | rows | with errors | with warnings |", "| 文件 | 格式 | 行 | 有错误 | 有警告 |"
            ),
            "| --- | --- | ---: | ---: | ---: |",
        ]
        lines += [
            f"| {_cell(file.path)} | {file.format} | {file.rows:,} | {file.rows_with_errors:,} "
            f"| {file.rows_with_warnings:,} |"
            for file in list(counts.files)[:_MOST]
        ]
        return "\n".join(lines) + "\n"

    def _line(self, finding: Finding) -> str:
        where = f"`{_cell(place(finding))}`"
        return f"| {where} | {finding.code} {finding.name} | {_cell(self.look.say(finding.message))} |\n"


def _cell(text: str) -> str:
    """Text that stays inside its cell and is no markup."""
    flat = safe(" ".join(text.split())).replace("\\", "\\\\").replace("|", "\\|")
    return flat.replace("<", "&lt;").replace("[", "\\[")
