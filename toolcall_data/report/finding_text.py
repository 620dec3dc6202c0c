"""A finding as text: a diagnostic with the piece of JSON it is about, or one line."""

from __future__ import annotations

from toolcall_data.conversation.address import parts
from toolcall_data.report.output import Counts, FileCount, Look
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.safe_text import safe
from toolcall_data.target.outcome import Kind, Outcome
from toolcall_data.target.registration import readable_by_llamafactory
from toolcall_data.target.templates import RECORDED

STYLE_OF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
_LEAD = 24


def place(finding: Finding) -> str:
    """`file:line`, or `file:#row` (from 0) where the file has no lines."""
    if finding.line is not None:
        return f"{finding.file}:{finding.line}"
    return f"{finding.file}:#{finding.row}" if finding.row is not None else finding.file


def address(finding: Finding) -> str:
    """The pointer, and what it points to inside JSON text: `/tools → [0].parameters.type`."""
    if not finding.sub:
        return finding.pointer
    inner = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts(finding.sub)).removeprefix(".")
    return f"{finding.pointer} → {inner}"


def one_line(finding: Finding, look: Look) -> str:
    """`file:line:pointer: CODE name message`, for editors and logs."""
    where = f"{place(finding)}:{finding.pointer}{finding.sub or ''}"
    return _flat(f"{where}: {finding.code} {finding.name} {look.say(finding.message)}")


def brief(finding: Finding, look: Look) -> str:
    """`file:line pointer message`, where the rule is known."""
    return _flat(f"{place(finding)} {address(finding)}  {look.say(finding.message)}")


def diagnostic(finding: Finding, look: Look) -> str:
    """Several lines: severity and rule, place, the piece of JSON with the fault underlined, and what to do."""
    word = look.words(finding.severity.word, _SEVERITY_ZH[finding.severity])
    head = look.paint(f"{word}[{finding.code}]", STYLE_OF[finding.severity])
    row_id = f"  (id {finding.id})" if finding.id else ""
    lines = [
        f"{head} {look.paint(finding.name, 'bold')}: {safe(look.say(finding.message))}",
        f"  {look.paint('-->', 'blue')} {safe(f'{place(finding)}{row_id}  {address(finding)}').rstrip()}",
    ]
    if finding.excerpt:
        lines += _frame(finding, look)
    if finding.hint:
        lines.append(f" {look.paint(look.words('help:', '建议:'), 'blue')} {safe(look.say(finding.hint))}")
    if finding.verdict is not None and rule_named(finding.name).looks_at != "trainer":
        lines.append(f" {look.paint(look.words('note:', '注:'), 'dim')} {safe(verdict_line(finding.verdict, look))}")
    return "\n".join(lines)


def verdict_line(outcome: Outcome, look: Look) -> str:
    """What the trainer does with a row, in a sentence."""
    said = look.words(*_VERDICTS[outcome.kind])
    if outcome.error:
        return f"{said}: {outcome.error}"
    return f"{said}: {look.say(outcome.trained)}" if outcome.trained else said


_VERDICTS: dict[Kind, tuple[str, str]] = {
    "trains": ("LLaMA-Factory trains the row as it is", "LLaMA-Factory 会照原样训练这一行"),
    "drops": ("LLaMA-Factory drops the row", "LLaMA-Factory 会丢弃这一行"),
    "aborts": ("LLaMA-Factory stops the whole job at the row", "LLaMA-Factory 会在这一行中止整个任务"),
    "alters": ("LLaMA-Factory trains on something else", "LLaMA-Factory 训练的是别的内容"),
}


_SEVERITY_ZH = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "信息"}


def _frame(finding: Finding, look: Look) -> list[str]:
    """The excerpt around the span, and a line of carets below it, as wide in cells as the text they mark."""
    bar, width = look.paint("|", "blue"), look.width - 6
    start, end = finding.span or (0, 0)
    begin = max(0, start - _LEAD) if end > width // 2 else 0
    before = ("…" if begin else "") + _flat(finding.excerpt[begin:start])
    marked = _flat(finding.excerpt[start : min(end, start + width)])
    shown = look.clip(before + marked + _flat(finding.excerpt[end : end + width]), width)
    lines = [f"   {bar}", f"   {bar} {shown}"]
    if finding.span:
        room = max(1, width - look.cells(before))
        carets = "^" * min(max(1, look.cells(marked)), room)
        lines.append(f"   {bar} {' ' * look.cells(before)}{look.paint(carets, STYLE_OF[finding.severity])}")
    return lines


def rule_counts(counts: Counts, look: Look) -> str:
    """A line a rule: findings, rows, severity, code and name; the most frequent first."""
    lines = []
    for name, count in sorted(counts.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
        rule = rule_named(name)
        word = look.paint(f"{rule.severity.word:<8}", STYLE_OF[rule.severity])
        lines.append(f"{count.findings:>8}  {count.rows:>8} rows  {word}  {rule.code}  {name}\n")
    return "".join(lines)


def file_line(file: FileCount, look: Look) -> str:
    """One file with its format and counts."""
    if look.language == "zh":
        counts = f"{file.rows:,} 行，{file.rows_with_errors:,} 行有错误，{file.rows_with_warnings:,} 行有警告"
        return f"{file.path}：{file.format}，{counts}"
    counts = f"{file.rows:,} rows: {file.rows_with_errors:,} with errors, {file.rows_with_warnings:,} with warnings"
    return f"{file.path}: {file.format}, {counts}"


def outcome_line(file: FileCount, template: str, look: Look) -> str:
    """What the trainer does with the rows of a file, most welcome first; empty where that was not asked."""
    if not file.outcomes:
        return ""
    words: dict[Kind, tuple[str, str]] = {
        "trains": ("trains {:,}", "照原样训练 {:,} 行"),
        "alters": ("trains {:,} on something else", "{:,} 行训练成别的内容"),
        "drops": ("drops {:,}", "丢弃 {:,} 行"),
        "aborts": ("stops at {:,} rows", "在 {:,} 行处中止"),
    }
    parts = [look.words(*said).format(file.outcomes[kind]) for kind, said in words.items() if file.outcomes[kind]]
    is_read = file.is_registered or readable_by_llamafactory(file.format)
    converted = "" if is_read else look.words(", as sharegpt", "，转成 sharegpt 后")
    return f"LLaMA-Factory {RECORDED} ({template}{converted}): {look.words(', ', '，').join(parts)}"


def totals(counts: Counts, look: Look) -> str:
    """`6 errors · 9 warnings · 300 rows`."""
    errors, warnings = counts.severities.get(Severity.ERROR, 0), counts.severities.get(Severity.WARNING, 0)
    if look.language == "zh":
        return f"{errors:,} 个错误 · {warnings:,} 个警告 · {counts.rows:,} 行"
    return f"{errors:,} errors · {warnings:,} warnings · {counts.rows:,} rows"


def _flat(text: str) -> str:
    """Text on one line, with nothing in it that the terminal would obey."""
    return safe(text.replace("\n", "⏎"))
