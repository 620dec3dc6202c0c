"""JUnit XML: a suite for each file, a case for each rule.

Source: the JUnit schema that Jenkins publishes (jenkinsci/xunit-plugin, junit-10.xsd).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import brief
from toolcall_data.report.output import Counts, Found, Look, Output, Sink
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.safe_text import safe

_SHOWN_OF_A_RULE = 20


class JUnit(Output):
    """A rule that found errors in a file is a failed case with the first places; one with less is a passed case."""

    name = "junit"
    title = Prose("JUnit XML", "JUnit XML")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._first: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._count: Counter[tuple[str, str]] = Counter()
        self._failed: set[tuple[str, str]] = set()

    def add(self, found: Found) -> None:
        for finding in found[1]:
            key = (finding.file, finding.name)
            self._count[key] += 1
            if finding.severity is Severity.ERROR:
                self._failed.add(key)
            if len(self._first[key]) < _SHOWN_OF_A_RULE:
                self._first[key].append(finding)

    def end(self, counts: Counts) -> None:
        files = list(dict.fromkeys([*(file.path for file in counts.files), *(file for file, _ in self._count)]))
        total = max(len(self._count), len(files))
        write = self.out.write
        write('<?xml version="1.0" encoding="UTF-8"?>\n')
        write(f'<testsuites name="tcdata" tests="{total}" failures="{len(self._failed)}">\n')
        for file in files:
            self._suite(file)
        write("</testsuites>\n")

    def _suite(self, file: str) -> None:
        names = sorted(name for place, name in self._count if place == file)
        failures = sum((file, name) in self._failed for name in names)
        head = f'tests="{max(len(names), 1)}" failures="{failures}" errors="0"'
        self.out.write(f"  <testsuite name={_quoted(safe(file))} {head}>\n")
        for name in names:
            self._case(file, name)
        if not names:
            self.out.write(f'    <testcase classname={_quoted(safe(file))} name="all rules"/>\n')
        self.out.write("  </testsuite>\n")

    def _case(self, file: str, name: str) -> None:
        case = f"    <testcase classname={_quoted(safe(file))} name={_quoted(f'{rule_named(name).code} {name}')}"
        found, count = self._first[file, name], self._count[file, name]
        body = "\n".join(brief(finding, self.look) for finding in found)
        if count > len(found):
            body += f"\n… {count - len(found)}"
        if (file, name) in self._failed:
            message = _quoted(safe(self.look.say(found[0].message)))
            self.out.write(f'{case}>\n      <failure type="{name}" message={message}>{escape(body)}</failure>\n')
        else:
            self.out.write(f"{case}>\n      <system-out>{escape(body)}</system-out>\n")
        self.out.write("    </testcase>\n")


def _quoted(text: str) -> str:
    """An attribute's value with its quotation marks. What `html` escapes is what XML asks for too."""
    return f'"{escape(text)}"'
