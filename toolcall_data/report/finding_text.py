"""A finding as text: a diagnostic with the piece of JSON it is about, or one line."""

from __future__ import annotations

from collections.abc import Callable

from toolcall_data.conversation.address import parts
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.safe_text import safe

Paint = Callable[[str, str], str]
"""`paint(text, style)`; styles are error, warning, info, dim, bold, blue, good."""
Cells = Callable[[str], int]

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


def one_line(finding: Finding) -> str:
    """`file:line:pointer: CODE name message`, for editors and logs."""
    where = f"{place(finding)}:{finding.pointer}{finding.sub or ''}"
    return _flat(f"{where}: {finding.code} {finding.name} {finding.message}")


def diagnostic(finding: Finding, *, width: int, paint: Paint, cells: Cells, clip: Callable[[str, int], str]) -> str:
    """Several lines: severity and rule, place, the piece of JSON with the fault underlined, and what to do."""
    head = paint(f"{finding.severity.word}[{finding.code}]", STYLE_OF[finding.severity])
    row_id = f"  (id {finding.id})" if finding.id else ""
    lines = [
        f"{head} {paint(finding.name, 'bold')}: {safe(finding.message)}",
        f"  {paint('-->', 'blue')} {safe(f'{place(finding)}{row_id}  {address(finding)}')}",
    ]
    if finding.excerpt:
        lines += _frame(finding, width - 6, paint, cells, clip)
    if finding.hint:
        lines.append(f" {paint('help:', 'blue')} {safe(finding.hint)}")
    return "\n".join(lines)


def _frame(finding: Finding, width: int, paint: Paint, cells: Cells, clip: Callable[[str, int], str]) -> list[str]:
    """The excerpt around the span, and a line of carets below it, as wide in cells as the text they mark."""
    bar = paint("|", "blue")
    start, end = finding.span or (0, 0)
    begin = max(0, start - _LEAD) if end > width // 2 else 0
    before = ("…" if begin else "") + _flat(finding.excerpt[begin:start])
    marked = _flat(finding.excerpt[start : min(end, start + width)])
    shown = clip(before + marked + _flat(finding.excerpt[end : end + width]), width)
    lines = [f"   {bar}", f"   {bar} {shown}"]
    if finding.span:
        room = max(1, width - cells(before))
        carets = "^" * min(max(1, cells(marked)), room)
        lines.append(f"   {bar} {' ' * cells(before)}{paint(carets, STYLE_OF[finding.severity])}")
    return lines


def _flat(text: str) -> str:
    """Text on one line, with nothing in it that the terminal would obey."""
    return safe(text.replace("\n", "⏎"))
