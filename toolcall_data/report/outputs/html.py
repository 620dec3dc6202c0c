"""One self-contained page: nothing is loaded from anywhere, so it opens on a machine without a network."""

from __future__ import annotations

import re
from html import escape

from toolcall_data.prose import Prose
from toolcall_data.report.finding_text import address, place, totals
from toolcall_data.report.output import Counts, Found, Look, Output, Sink, Worst
from toolcall_data.rules._registry import explanation, rule_named
from toolcall_data.rules.base import Finding, Rule
from toolcall_data.safe_text import safe

_MOST = 2000
_AROUND = 120

_CODE = re.compile(r"`([^`]+)`")
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --error: #c0392b; --warning: #b7791f; --info: #2b6cb0 }
body { font: 15px/1.55 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 68rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
code { background: var(--soft); border-radius: 3px; padding: 0 .2em } th, td { text-align: left; padding: .3rem .6rem;
  border-bottom: 1px solid var(--line) } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.error { color: var(--error) } .warning { color: var(--warning) } .info { color: var(--info) }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } .where { font-family: ui-monospace, monospace; font-size: .85em; opacity: .75 }
pre { background: var(--soft); padding: .5rem .7rem; border-radius: 4px; white-space: pre-wrap; word-break: break-word;
  font-size: .85em } mark { background: #f5b7b1; color: #111 } .hint { opacity: .85 }
"""


class Html(Output):
    """Totals, files, and every rule that spoke with its explanation and findings; at most 2000 findings, the worst."""

    name = "html"
    title = Prose("one self-contained page", "一个自带样式的网页文件")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._worst = Worst(_MOST)

    def add(self, found: Found) -> None:
        for finding in found[1]:
            self._worst.add(found[0], finding)

    def end(self, counts: Counts) -> None:
        look, write = self.look, self.out.write
        title = look.words("tcdata validate", "tcdata 数据检查")
        write(f'<!doctype html>\n<html lang="{look.language}">\n<head>\n<meta charset="utf-8">\n')
        write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
        write(f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n")
        write(f"<h1>{title}</h1>\n<p><strong>{totals(counts, look)}</strong></p>\n")
        write(self._files(counts) + self._rules(counts))
        shown: dict[str, list[Finding]] = {}
        for _, finding in [] if look.only_counts else self._worst.in_order():
            shown.setdefault(finding.name, []).append(finding)
        for name in sorted(shown, key=lambda name: (-rule_named(name).severity, -counts.by_rule[name].findings)):
            self._section(rule_named(name), shown[name], counts.by_rule[name].findings)
        write("</body>\n</html>\n")

    def _files(self, counts: Counts) -> str:
        look = self.look
        heads = look.words("file|format|rows|with errors|with warnings", "文件|格式|行|有错误|有警告").split("|")
        rows = [
            [_text(file.path), f'<span title="{_text(file.reason)}">{file.format}</span>']
            + [f"{count:,}" for count in (file.rows, file.rows_with_errors, file.rows_with_warnings)]
            for file in counts.files
        ]
        return _table(heads, rows, numbers_from=2)

    def _rules(self, counts: Counts) -> str:
        look = self.look
        if not counts.by_rule:
            return f"<p>{look.words('No findings.', '没有发现问题。')}</p>\n"
        heads = look.words("rule||findings|rows", "规则||问题|行").split("|")
        rows = []
        for name, count in sorted(counts.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
            rule = rule_named(name)
            link = f'<a href="#{name}">{name}</a> <span class="{rule.severity.word}">{rule.code}</span>'
            rows.append([link, _prose(explanation(rule, look.language).what), f"{count.findings:,}", f"{count.rows:,}"])
        return _table(heads, rows, numbers_from=2)

    def _section(self, rule: Rule, found: list[Finding], total: int) -> None:
        look, write = self.look, self.out.write
        said = explanation(rule, look.language)
        write(f'<h2 id="{rule.name}"><span class="{rule.severity.word}">{rule.code}</span> {rule.name}</h2>\n')
        write(f"<p>{_prose(said.what)}</p>\n<details><summary>{look.words('about this rule', '规则说明')}</summary>\n")
        for heading, body in said.sections.items():
            write(f"<p><strong>{heading}</strong> {_prose(' '.join(body.split()))}</p>\n")
        write("</details>\n")
        for finding in found:
            write(self._finding(finding))
        if total > len(found):
            write(f"<p>{look.words(f'… and {total - len(found):,} more', f'… 另有 {total - len(found):,} 个')}</p>\n")

    def _finding(self, finding: Finding) -> str:
        look = self.look
        where = f'<span class="where">{_text(place(finding))} {_text(address(finding))}</span>'
        message = f'<span class="{finding.severity.word}">{_prose(look.say(finding.message))}</span>'
        hint = f'<p class="hint">{_prose(look.say(finding.hint))}</p>' if finding.hint else ""
        piece = f"<pre>{_marked(finding)}</pre>" if finding.excerpt else ""
        return f"<details><summary>{message}<br>{where}</summary>{piece}{hint}</details>\n"


def _marked(finding: Finding) -> str:
    """The excerpt around the span, which is marked."""
    start, end = finding.span or (0, 0)
    begin, stop = max(0, start - _AROUND), end + _AROUND
    before, after = finding.excerpt[begin:start], finding.excerpt[end:stop]
    mark = f"<mark>{_text(finding.excerpt[start:end])}</mark>" if end > start else ""
    return ("…" if begin else "") + _text(before) + mark + _text(after) + ("…" if stop < len(finding.excerpt) else "")


def _table(heads: list[str], rows: list[list[str]], *, numbers_from: int) -> str:
    def line(cells: list[str], tag: str) -> str:
        kinds = ['class="n"' if index >= numbers_from else "" for index in range(len(cells))]
        parts = [f"<{tag} {kind}>{cell}</{tag}>" for cell, kind in zip(cells, kinds, strict=True)]
        return f"<tr>{''.join(parts)}</tr>\n"

    return f"<table>\n{line(heads, 'th')}{''.join(line(row, 'td') for row in rows)}</table>\n"


def _text(text: str) -> str:
    return escape(safe(text))


def _prose(text: str) -> str:
    """A sentence with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))
