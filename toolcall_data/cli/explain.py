"""`tcdata explain`: what a rule is about."""

from __future__ import annotations

import re

import click

from toolcall_data.cli.terminal import current


@click.command("explain", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", metavar="CODE|NAME")
@click.option("--format", "report", type=click.Choice(("text", "md", "json")), default="text", show_default=True)
def command(name: str, report: str) -> None:
    """Explain a rule: what it does, why it matters, examples, what to do; or an error code such as E020.

    \b
    Examples
      tcdata explain call.enum
      tcdata explain TC401 --format md
    """
    from toolcall_data.report.rule_text import rule_markdown, rule_object, rule_text
    from toolcall_data.rules._registry import rule_named

    if re.fullmatch(r"[Ee]\d{3}", name):
        click.echo(_error_text(name.upper()))
        return
    rule, language = rule_named(name), current().language
    if report == "json":
        import orjson

        click.echo(orjson.dumps(rule_object(rule, language), option=orjson.OPT_INDENT_2).decode())
    elif report == "md":
        click.echo(rule_markdown(rule, language))
    else:
        click.echo(rule_text(rule, paint=current().paint, language=language), color=True)


def _error_text(code: str) -> str:
    """What an error code stands for.

    Raises:
        UsageError: there is no such code.
    """
    from toolcall_data.errors import ExitCode, TcdataError, UsageError

    known = {TcdataError.code: (ExitCode.BUG, "A fault in tcdata itself; the message names a file to report.")}
    waiting = TcdataError.__subclasses__()
    while waiting:
        found = waiting.pop()
        known[found.code] = (found.exit_code, (found.__doc__ or "").strip().splitlines()[0])
        waiting += found.__subclasses__()
    if code not in known:
        raise UsageError(f"no error code `{code}`", hint=f"error codes: {', '.join(sorted(known))}")
    exit_code, about = known[code]
    return f"{code}  {about}\nExit code {int(exit_code)}; `tcdata help exit-codes` lists them."
