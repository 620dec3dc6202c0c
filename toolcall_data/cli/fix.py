"""`tcdata fix`: apply the fixes of the rules."""

from __future__ import annotations

import click

from toolcall_data.cli.terminal import current
from toolcall_data.errors import EmptyError, ExitCode, UsageError
from toolcall_data.sources.paths import STDIN


@click.command("fix", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="OUT", help="Write there: a file, a folder for several, - for stdout.")
@click.option("--in-place", is_flag=True, help="Fix the files where they lie; FILE.bak keeps each as it was.")
@click.option("--diff", is_flag=True, help="Print what would change; write nothing; exit 1 if anything would.")
@click.option("--check", is_flag=True, help="Print the counts; write nothing; exit 1 if anything would change.")
@click.option("--dry-run", is_flag=True, help="Print the counts; write nothing; exit 0.")
@click.option("--unsafe", is_flag=True, help="Apply fixes that may change the meaning as well.")
@click.option("--select", multiple=True, metavar="RULE,...", help="Only these rules: code, name, prefix or glob.")
@click.option("--ignore", multiple=True, metavar="RULE,...", help="Not these rules.")
@click.option("--extend-select", multiple=True, metavar="RULE,...", help="These rules as well, statistics too.")
@click.option("--from", "source_format", metavar="FORMAT", help="Read as this format; left out, it is recognised.")
@click.option("--config", "config_file", envvar="TCDATA_CONFIG", metavar="FILE", help="Settings; else tcdata.toml.")
@click.option("--no-config", is_flag=True, help="No settings file.")
@click.option("--patch-log", metavar="FILE", help="Write every change, one JSON object a line.")
@click.option("--show-fixes", is_flag=True, help="Name every row that is fixed, with the rules and places.")
@click.option("--no-backup", is_flag=True, help="With --in-place, keep no FILE.bak.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 where there are no rows.")
def command(
    paths: tuple[str, ...],
    output: str | None,
    in_place: bool,
    diff: bool,
    check: bool,
    dry_run: bool,
    unsafe: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    source_format: str | None,
    config_file: str | None,
    no_config: bool,
    patch_log: str | None,
    show_fixes: bool,
    no_backup: bool,
    force: bool,
    allow_empty: bool,
) -> int:
    """Fix the rows of files, folders or datasets; every byte that no fix is about stays as it is.

    A PATH is what `tcdata validate` takes; - reads standard input and writes standard output. One of -o, --in-place,
    --diff, --check and --dry-run says what becomes of the rows. A fix is kept only where its rule finds less
    afterwards and no other finding appears. Rows that cannot be read are kept as they are. A file keeps its layout;
    .gz and .zst are written packed, rows of Parquet as JSON Lines.

    \b
    Examples
      tcdata fix train.json --diff
      tcdata fix train.jsonl -o fixed.jsonl --patch-log changes.jsonl
      tcdata fix data/ --in-place --unsafe --select call,conv.alternation
    """
    from toolcall_data.cli.fixes import errands_of, listener, tell
    from toolcall_data.configuration import Found as Settings
    from toolcall_data.configuration import find
    from toolcall_data.fixing import Fixing, Options
    from toolcall_data.policy import policy as made_policy
    from toolcall_data.validation import jobs

    terminal = current()
    output = _output(paths, output, {"--in-place": in_place, "--diff": diff, "--check": check, "--dry-run": dry_run})
    settings = Settings() if no_config else find(paths, config_file)
    policy = made_policy(settings, select=_split(select), ignore=_split(ignore), extend=_split(extend_select))
    errands = errands_of(jobs(paths, source_format), output, in_place=in_place, force=force)
    options = Options(unsafe=unsafe, backup=not no_backup, force=force, adjust=policy.apply)
    fixing = Fixing()
    with listener(terminal, errands, diff=diff, show=show_fixes, log=patch_log, force=force) as hear:
        fixing.run(errands, policy.rules, options, heard=hear, tell=terminal.listen)
    is_written = output is not None or in_place
    tell(fixing, terminal, is_written=is_written, unsafe=unsafe)
    if not fixing.rows and not allow_empty:
        raise EmptyError(f"no rows in {', '.join(paths)}", hint="--allow-empty accepts that")
    return ExitCode.FINDINGS if (diff or check) and fixing.fixed else ExitCode.OK


def _output(paths: tuple[str, ...], output: str | None, flags: dict[str, bool]) -> str | None:
    """Where the rows go, None for nowhere or in place.

    Raises:
        UsageError: nothing says what becomes of them, or two options do.
    """
    given = [name for name, is_given in flags.items() if is_given] + ([] if output is None else ["-o"])
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other")
    if given:
        return output
    if paths == (STDIN,):
        return STDIN
    hint = "-o OUT writes a file, --in-place replaces, --diff shows what would change"
    raise UsageError("nothing says where the fixed rows go", hint=hint)


def _split(names: tuple[str, ...]) -> list[str]:
    return [part for name in names for part in name.split(",") if part.strip()]
