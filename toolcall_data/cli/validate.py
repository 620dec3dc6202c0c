"""`tcdata validate`: judge data by the rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolcall_data.cli.reports import REPORT, SHOWN_PER_RULE, Written, look_of, summary
from toolcall_data.cli.terminal import current
from toolcall_data.errors import EmptyError, ExitCode, UsageError

if TYPE_CHECKING:
    from toolcall_data.baseline import Baseline
    from toolcall_data.policy import Policy
    from toolcall_data.rules.base import Finding


@click.command("validate", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "source_format", metavar="FORMAT", help="Read as this format; left out, it is recognised.")
@click.option("--select", multiple=True, metavar="RULE,...", help="Only these rules: code, name, prefix or glob.")
@click.option("--ignore", multiple=True, metavar="RULE,...", help="Not these rules.")
@click.option("--extend-select", multiple=True, metavar="RULE,...", help="These rules as well, statistics too.")
@click.option(
    "--target",
    metavar="NAME[:TEMPLATE]",
    help="Whose verdict on each row is predicted: llamafactory:qwen3 (default), another template, or none.",
)
@click.option("--cutoff-len", type=click.IntRange(1), metavar="N", help="Tokens that the trainer keeps of a row.")
@click.option("--config", "config_file", envvar="TCDATA_CONFIG", metavar="FILE", help="Settings; else tcdata.toml.")
@click.option("--no-config", is_flag=True, help="No settings file.")
@click.option("--baseline", metavar="FILE", help="Report only findings that are not in this file.")
@click.option("--write-baseline", metavar="FILE", help="Note all findings as known, and exit 0.")
@click.option("--format", "report", type=REPORT, help="Default: text on a terminal, concise in a pipe.")
@click.option("-o", "--output", metavar="FILE", help="Write the report there instead of to stdout.")
@click.option("--report", "reports", multiple=True, metavar="NAME=FILE", help="Write this report as well.")
@click.option(
    "--fail-on", metavar="LEVEL", help="error (default), warning, info, never, or rules: exit 1 on such a finding."
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--max-errors", type=click.IntRange(1), metavar="N", help="Stop after N errors.")
@click.option("--max-warnings", type=click.IntRange(0), metavar="N", help="Exit 1 on more than N warnings.")
@click.option(
    "--show-all", is_flag=True, help=f"Show every finding, not the first {SHOWN_PER_RULE} of a rule and file."
)
@click.option("--statistics", is_flag=True, help="Only count findings by rule.")
@click.option(
    "-j",
    "--jobs",
    "processes",
    type=click.IntRange(1),
    envvar="TCDATA_JOBS",
    metavar="N",
    help="Processes; else one a core.",
)
@click.option("--fix", is_flag=True, help="Fix what has a safe fix first, and report what is left; see `tcdata fix`.")
@click.option("--fixed", metavar="OUT", help="With --fix: write the rows there, a folder for several files.")
@click.option("--in-place", is_flag=True, help="With --fix: fix the files where they lie, FILE.bak keeps each.")
@click.option("--diff", is_flag=True, help="With --fix: only print what would change; exit 1 if anything would.")
@click.option("--unsafe", is_flag=True, help="With --fix: apply fixes that may change the meaning as well.")
@click.option("--patch-log", metavar="FILE", help="With --fix: write every change, one JSON object a line.")
@click.option("--force", is_flag=True, help="With --fix: replace files that exist.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 where there are no rows.")
def command(
    paths: tuple[str, ...],
    source_format: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    target: str | None,
    cutoff_len: int | None,
    config_file: str | None,
    no_config: bool,
    baseline: str | None,
    write_baseline: str | None,
    report: str | None,
    output: str | None,
    reports: tuple[str, ...],
    fail_on: str | None,
    exit_zero: bool,
    max_errors: int | None,
    max_warnings: int | None,
    show_all: bool,
    statistics: bool,
    processes: int | None,
    fix: bool,
    fixed: str | None,
    in_place: bool,
    diff: bool,
    unsafe: bool,
    patch_log: str | None,
    force: bool,
    allow_empty: bool,
) -> int:
    """Judge every row of files, folders or datasets by the rules.

    A PATH is a JSON, JSON Lines or Parquet file (.gz and .zst too), a folder, a glob, a dataset_info.json,
    DATASET@FOLDER, or - for standard input.

    \b
    Reports: text, concise, grouped, json, jsonl, sarif, junit, github, gitlab, markdown, html, agent.

    \b
    Examples
      tcdata validate train.json
      tcdata validate data/ --select call --fail-on warning
      tcdata validate train.json --target llamafactory:glm4
      tcdata validate train.jsonl --format json --report html=report.html > report.json
      tcdata validate data/ --write-baseline known.json; tcdata validate data/ --baseline known.json
      tcdata validate train.jsonl --fix --fixed fixed.jsonl --format json > report.json
    """
    from toolcall_data.cli.fixes import Wish, fixed_first
    from toolcall_data.configuration import Found as Settings
    from toolcall_data.configuration import find
    from toolcall_data.policy import policy as made_policy
    from toolcall_data.rules.base import Severity
    from toolcall_data.target.templates import target_of
    from toolcall_data.validation import Validation, jobs, registries, usual_processes

    terminal = current()
    wish = Wish.of(fix, fixed, in_place, diff, unsafe, patch_log, force)
    if wish is not None:
        wish.refuse(report, output, reports)
    settings = Settings() if no_config else find(paths, config_file)
    policy = made_policy(settings, select=_split(select), ignore=_split(ignore), extend=_split(extend_select))
    aim = target_of(target or settings.configuration.validation.target, cutoff_len)
    noted = _take_baseline(policy, baseline, write_baseline)
    fails = _fail_test(fail_on or settings.configuration.validation.fail_on)
    files, fixing = jobs(paths, source_format), None
    if wish is not None:
        files, fixing = fixed_first(wish, files, policy, terminal)
        if wish.diff:
            return ExitCode.FINDINGS if fixing.fixed and not exit_zero else ExitCode.OK
    validation = Validation(fixed=fixing.facts() if fixing is not None else None)
    failed = 0
    look = look_of(terminal, show_all=show_all, only_counts=statistics, is_file=output is not None)
    with Written(report, output, reports, look, terminal) as written:
        found = validation.run(
            files,
            policy.rules,
            adjust=policy.apply,
            target=aim,
            tell=terminal.listen,
            processes=processes or usual_processes(),
            registries=registries(paths, source_format),
        )
        for conversation, findings in found:
            failed += sum(fails(finding) for finding in findings)
            if noted is not None:
                noted.add(conversation, findings)
            written.add((conversation, findings))
            if max_errors is not None and validation.severities[Severity.ERROR] >= max_errors:
                terminal.line(f"stopped after {max_errors} errors (--max-errors)")
                break
        written.end(validation)
    if written.wants_summary:
        summary(validation, policy, aim, terminal)
    if noted is not None and write_baseline is not None:
        noted.write(Path(write_baseline))
        terminal.summary(f"{len(noted):,} findings are known from now on: {write_baseline}")
        return ExitCode.OK
    if not validation.rows and not allow_empty and not failed:
        raise EmptyError(f"no rows in {', '.join(paths)}", hint="--allow-empty accepts that")
    too_many = max_warnings is not None and validation.severities[Severity.WARNING] > max_warnings
    return ExitCode.FINDINGS if (failed or too_many) and not exit_zero else ExitCode.OK


def _split(names: tuple[str, ...]) -> list[str]:
    return [part for name in names for part in name.split(",") if part.strip()]


def _take_baseline(policy: Policy, known: str | None, written: str | None) -> Baseline | None:
    """Give the policy the findings that are known; the baseline to fill, where one is to be written.

    Raises:
        InputError: the baseline cannot be read.
    """
    from toolcall_data.baseline import Baseline, read_baseline

    if written is not None:
        return Baseline()
    configured = policy.settings.configuration.validation.baseline
    if known is not None:
        policy.baseline = read_baseline(Path(known))
    elif configured is not None:
        policy.baseline = read_baseline(policy.settings.folder / configured)
    return None


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
