"""`tcdata convert`: write a file in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolcall_data.cli.terminal import Terminal, cells, current
from toolcall_data.errors import EmptyError, ExitCode
from toolcall_data.prose import Prose, said
from toolcall_data.safe_text import safe

if TYPE_CHECKING:
    from toolcall_data.conversion import Conversion, Left


@click.command("convert", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("source", metavar="IN")
@click.argument("output", metavar="OUT")
@click.option("--to", "target", required=True, metavar="FORMAT", help="Write this format (`tcdata formats`).")
@click.option("--from", "source_format", metavar="FORMAT", help="Read as this format; left out, it is recognised.")
@click.option("--strict", is_flag=True, help="Write nothing if any row would lose something, and exit 1.")
@click.option("--keep-text-calls", is_flag=True, help="Leave calls that are written as text in an answer.")
@click.option(
    "--loss-report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write every loss of every row, one JSON object a line.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 where there are no rows.")
def command(
    source: str,
    output: str,
    target: str,
    source_format: str | None,
    strict: bool,
    keep_text_calls: bool,
    loss_report: Path | None,
    force: bool,
    allow_empty: bool,
) -> int:
    """Write the rows of IN to OUT in another format, and say what that loses.

    OUT ends in .jsonl (a row a line) or .json (an array), either also packed as .gz or .zst; - is standard input or
    output. What a format cannot hold is counted on standard error. Rows with a message, call or tool that could not
    be read are left out, and so are unreadable rows: exit code 1 says that there are any.

    \b
    Examples
      tcdata convert openai.jsonl train.json --to sharegpt
      tcdata convert glaive.jsonl.gz messages.jsonl --to openai --loss-report losses.jsonl
      cat train.json | tcdata convert - - --to openai --strict > messages.jsonl
    """
    from toolcall_data.conversion import Options, convert
    from toolcall_data.formats.base import format_named

    terminal = current()
    result = convert(
        source,
        output,
        format_named(target),
        chosen=source_format,
        options=Options(strict=strict, text_calls=keep_text_calls),
        loss_report=loss_report,
        force=force,
        tell=terminal.listen,
    )
    _show(result, source, output, target, terminal)
    if not result.read and not allow_empty:
        raise EmptyError(f"no rows in {source}", hint="--allow-empty accepts that")
    is_whole = result.is_published and result.written == result.read
    return ExitCode.OK if is_whole else ExitCode.FINDINGS


def _show(result: Conversion, source: str, output: str, target: str, terminal: Terminal) -> None:
    """What became of the rows, on stderr: stdout holds rows only."""
    language = terminal.language
    shown = safe(source)
    terminal.summary(f"{shown}: {result.source_format}, {result.reason}")
    _losses(result, terminal)
    if result.text_calls:
        terminal.summary(said(_filled(_REAL, f"{result.text_calls:,}", f"{result.text_call_rows:,}"), language))
    for why, left in result.refused.items():
        terminal.line(_left_out(_REFUSED, left, said(why, language), terminal))
    if result.unreadable.rows:
        terminal.line(_left_out(_UNREADABLE, result.unreadable, "", terminal))
    if not result.is_published:
        terminal.line(_left_out(_STRICT, result.lossy, "", terminal))
    counts = (result.read, result.written, result.refused_rows, result.unreadable.rows, result.held_back)
    total = said(_filled(_TOTAL if result.is_published else _HELD_BACK, *(f"{count:,}" for count in counts)), language)
    place = f"{safe(output)}: {target}, " if result.is_published else ""
    terminal.summary(terminal.paint(f"{place}{total}", "bold", sys.stderr))


def _filled(sentence: Prose, *parts: str) -> Prose:
    """A sentence with its gaps filled, in both languages."""
    return Prose(sentence.format(*parts), sentence.zh.format(*parts))


_REAL = Prose(
    "calls written as text that became real calls: {}, in rows: {} (--keep-text-calls leaves them)",
    "{} 个写在正文里的调用改成了真正的调用，涉及 {} 行（--keep-text-calls 可保持原样）",
)
_REFUSED = Prose("rows left out: {}: {} ({})", "略过 {} 行：{}（{}）")
_UNREADABLE = Prose("rows that could not be read: {}{} ({})", "略过 {} 行：无法读取{}（{}）")
_STRICT = Prose(
    "--strict: nothing was written; rows that would lose something: {}{} ({})",
    "--strict：未写出任何内容，会丢失信息的行：{}{}（{}）",
)
_TOTAL = Prose(
    "{} rows read = {} written + {} left out + {} unreadable", "读取 {} 行 = 写出 {} + 略过 {} + 无法读取 {}"
)
_HELD_BACK = Prose(
    "{} rows read = {} written + {} left out + {} unreadable + {} held back",
    "读取 {} 行 = 写出 {} + 略过 {} + 无法读取 {} + 暂不写出 {}",
)
_HEAD = (Prose("lost", "丢失"), Prose("places", "处"), Prose("rows", "行"))


def _left_out(sentence: Prose, left: Left, why: str, terminal: Terminal) -> str:
    more = "" if left.rows == len(left.first) else ", …"
    text = said(_filled(sentence, f"{left.rows:,}", why, safe(", ".join(left.first)) + more), terminal.language)
    return f"{terminal.paint('warning:', 'warning', sys.stderr)} {text}"


def _losses(result: Conversion, terminal: Terminal) -> None:
    """A table of what was lost: the trait, its number, places, rows, and what it is."""
    from toolcall_data.formats.losses import KINDS

    if not result.losses:
        return
    head = tuple(said(word, terminal.language) for word in _HEAD)
    rows = [
        (trait.value, KINDS[trait].number or "", f"{count:,}", f"{result.lossy_rows[trait]:,}", KINDS[trait].name)
        for trait, count in sorted(result.losses.items(), key=lambda item: (-item[1], item[0]))
    ]
    first = max(cells(head[0]), *(len(row[0]) for row in rows))
    pad = " " * (first - cells(head[0]))
    terminal.summary(terminal.paint(f"{head[0]}{pad}  {'':<7} {head[1]:>9} {head[2]:>9}", "bold", sys.stderr))
    for trait, number, places, count, name in rows:
        terminal.summary(f"{trait:<{first}}  {number:<7} {places:>9} {count:>9}  {said(name, terminal.language)}")
