"""`tcdata validate`: judge data by the rules."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from toolcall_data.cli.terminal import Terminal, cells, clip, current
from toolcall_data.errors import EmptyError, ExitCode, UsageError
from toolcall_data.safe_text import safe

if TYPE_CHECKING:
    from toolcall_data.conversation.model import Conversation
    from toolcall_data.rules.base import Finding
    from toolcall_data.validation import Validation

Found = tuple["Conversation | None", "list[Finding]"]
SHOWN_PER_RULE = 3
FORMATS = ("text", "concise", "json", "jsonl")


@click.command("validate", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "source_format", metavar="FORMAT", help="Read as this format; left out, it is recognised.")
@click.option("--select", multiple=True, metavar="RULE,...", help="Only these rules: code, name, prefix or glob.")
@click.option("--ignore", multiple=True, metavar="RULE,...", help="Not these rules.")
@click.option("--format", "report", type=click.Choice(FORMATS), help="Default: text on a terminal, concise in a pipe.")
@click.option(
    "--fail-on",
    default="error",
    show_default=True,
    metavar="LEVEL",
    help="error, warning, info, never, or rules: exit 1 if there is such a finding.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--max-errors", type=click.IntRange(1), metavar="N", help="Stop after N errors.")
@click.option(
    "--show-all", is_flag=True, help=f"Show every finding, not the first {SHOWN_PER_RULE} of a rule and file."
)
@click.option("--statistics", is_flag=True, help="Only count findings by rule.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 where there are no rows.")
def command(
    paths: tuple[str, ...],
    source_format: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    report: str | None,
    fail_on: str,
    exit_zero: bool,
    max_errors: int | None,
    show_all: bool,
    statistics: bool,
    allow_empty: bool,
) -> int:
    """Judge every row of files, folders or datasets by the rules.

    A PATH is a JSON, JSON Lines or Parquet file (.gz and .zst too), a folder, a glob, a dataset_info.json,
    DATASET@FOLDER, or - for standard input.

    \b
    Examples
      tcdata validate train.json
      tcdata validate data/ --select call --fail-on warning
      tcdata validate train.jsonl --format json > report.json
    """
    from toolcall_data.rules._registry import chosen
    from toolcall_data.rules.base import Severity
    from toolcall_data.validation import Validation, jobs

    terminal = current()
    rules = chosen(_split(select), _split(ignore))
    fails = _fail_test(fail_on)
    validation = Validation()
    found = validation.run(jobs(paths, source_format), rules, tell=terminal.listen)
    failed = 0

    def counted() -> Any:
        nonlocal failed
        for conversation, findings in found:
            failed += sum(fails(finding) for finding in findings)
            yield conversation, findings
            if max_errors is not None and validation.severities[Severity.ERROR] >= max_errors:
                terminal.line(f"stopped after {max_errors} errors (--max-errors)")
                return

    report = report or ("text" if sys.stdout.isatty() else "concise")
    _PRINTERS[report](counted(), validation, terminal, show_all, statistics)
    if not validation.rows and not allow_empty and not failed:
        raise EmptyError(f"no rows in {', '.join(paths)}", hint="--allow-empty accepts that")
    return ExitCode.FINDINGS if failed and not exit_zero else ExitCode.OK


def _split(names: tuple[str, ...]) -> list[str]:
    return [part for name in names for part in name.split(",") if part.strip()]


def _fail_test(level: str) -> Callable[[Finding], bool]:
    """Whether a finding makes the command fail.

    Raises:
        UsageError: `level` is neither a severity, nor `never`, nor rules.
    """
    from toolcall_data.rules._registry import chosen
    from toolcall_data.rules.base import Severity

    if level == "never":
        return lambda finding: False
    if level.upper() in Severity.__members__:
        least = Severity[level.upper()]
        return lambda finding: finding.severity >= least
    try:
        names = {rule.name for rule in chosen(_split((level,)))}
    except UsageError as error:
        hint = "error, warning, info, never, or rules by name"
        raise UsageError(f"--fail-on {level}: {error.message}", hint=hint) from error
    return lambda finding: finding.name in names


def _text(found: Any, validation: Validation, terminal: Terminal, show_all: bool, statistics: bool) -> None:
    from toolcall_data.report.finding_text import diagnostic

    shown: Counter[tuple[str, str]] = Counter()
    for _, findings in found:
        for finding in findings:
            key = (finding.file, finding.name)
            shown[key] += 1
            if statistics or (shown[key] > SHOWN_PER_RULE and not show_all):
                continue
            text = diagnostic(finding, width=terminal.width, paint=terminal.paint, cells=cells, clip=clip)
            terminal._clear_progress()
            click.echo(text + "\n", color=True)
    _hidden_lines(shown, show_all or statistics, terminal)
    if statistics:
        _statistics(validation, terminal)
    _summary(validation, terminal)


def _hidden_lines(shown: Counter[tuple[str, str]], is_all: bool, terminal: Terminal) -> None:
    for (file, name), count in sorted(shown.items()):
        if count > SHOWN_PER_RULE and not is_all:
            note = terminal.paint("note:", "dim")
            click.echo(f"{note} {count - SHOWN_PER_RULE} more {name} in {file} (--show-all)", color=True)


def _concise(found: Any, validation: Validation, terminal: Terminal, show_all: bool, statistics: bool) -> None:
    from toolcall_data.report.finding_text import one_line

    for _, findings in found:
        for finding in findings:
            if not statistics:
                click.echo(one_line(finding))
    if statistics:
        _statistics(validation, terminal)
    _summary(validation, terminal)


def _statistics(validation: Validation, terminal: Terminal) -> None:
    from toolcall_data.report.finding_text import STYLE_OF
    from toolcall_data.rules._registry import rule_named

    for name, count in sorted(validation.by_rule.items(), key=lambda item: (-item[1].findings, item[0])):
        rule = rule_named(name)
        word = terminal.paint(f"{rule.severity.word:<8}", STYLE_OF[rule.severity])
        click.echo(f"{count.findings:>8}  {count.rows:>8} rows  {word}  {rule.code}  {name}", color=True)


def _summary(validation: Validation, terminal: Terminal) -> None:
    """A line a file and one in all, on stderr: stdout holds findings only."""
    from toolcall_data.rules.base import Severity

    for file in validation.files:
        counts = f"{file.rows:,} rows: {file.rows_with_errors:,} with errors, {file.rows_with_warnings:,} with warnings"
        terminal.summary(f"{safe(file.path)}: {file.format}, {counts}")
    errors, warnings = validation.severities[Severity.ERROR], validation.severities[Severity.WARNING]
    if not errors and not warnings and not validation.severities[Severity.INFO]:
        terminal.summary(terminal.paint("no findings", "good", sys.stderr))
        return
    fixable = f" · {validation.fixable:,} with a safe fix (`tcdata mix` applies them)" if validation.fixable else ""
    total = f"{errors:,} errors · {warnings:,} warnings · {validation.rows:,} rows{fixable}"
    terminal.summary(terminal.paint(total, "bold", sys.stderr))


def _json(found: Any, validation: Validation, terminal: Terminal, show_all: bool, statistics: bool) -> None:
    """One object, written as it grows: findings first, then the counts that are known at the end."""
    import orjson

    from toolcall_data.version import __version__

    out = sys.stdout.buffer
    out.write(b'{"version":1,"schema_version":1,"tcdata":' + orjson.dumps(__version__) + b',"findings":[')
    is_first = True
    for item in _objects(found):
        if not statistics:
            out.write(b"\n" if is_first else b",\n")
            out.write(orjson.dumps(item))
            is_first = False
    tail = orjson.dumps({"files": _files(validation), "summary": _counts(validation)})
    out.write(b"],\n" + tail[1:] + b"\n")
    out.flush()


def _jsonl(found: Any, validation: Validation, terminal: Terminal, show_all: bool, statistics: bool) -> None:
    """One line a finding between a header and a summary."""
    import orjson

    from toolcall_data.version import __version__

    out = sys.stdout.buffer
    out.write(orjson.dumps({"type": "header", "version": 1, "schema_version": 1, "tcdata": __version__}) + b"\n")
    for item in _objects(found):
        if not statistics:
            out.write(orjson.dumps({"type": "finding", **item}) + b"\n")
    tail = {"type": "summary", "files": _files(validation), "summary": _counts(validation)}
    out.write(orjson.dumps(tail) + b"\n")
    out.flush()


def _objects(found: Any) -> Any:
    from toolcall_data.formats.base import formats
    from toolcall_data.report.finding_json import finding_object

    for conversation, findings in found:
        name = conversation.origin.format if conversation is not None else ""
        write = formats()[name]().write if name in formats() else None
        for finding in findings:
            yield finding_object(finding, conversation, write)


def _files(validation: Validation) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(file) for file in validation.files]


def _counts(validation: Validation) -> dict[str, dict[str, int]]:
    ordered = sorted(validation.by_rule.items())
    return {name: {"findings": count.findings, "rows": count.rows} for name, count in ordered}


_PRINTERS: dict[str, Callable[..., None]] = {"text": _text, "concise": _concise, "json": _json, "jsonl": _jsonl}
