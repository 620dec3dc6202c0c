"""`tcdata rules`: list the rules."""

from __future__ import annotations

import click

from toolcall_data.cli.terminal import current


@click.command("rules", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--select", multiple=True, metavar="RULE,...", help="Only these: code, name, prefix or glob.")
@click.option("--format", "report", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(select: tuple[str, ...], report: str) -> None:
    """List the rules with their code, severity and whether they have a fix.

    \b
    Examples
      tcdata rules
      tcdata rules --select call --format json
    """
    from toolcall_data.rules._registry import chosen, explanation, rules

    names = [part for name in select for part in name.split(",")]
    wanted, language = chosen(names) if names else rules(), current().language
    if report == "json":
        import orjson

        items = [
            {
                "code": rule.code,
                "name": rule.name,
                "severity": rule.severity.word,
                "fix": rule.applicability,
                "what": explanation(rule, language).what,
            }
            for rule in wanted
        ]
        click.echo(orjson.dumps(items, option=orjson.OPT_INDENT_2).decode())
        return
    from toolcall_data.report.finding_text import STYLE_OF

    paint = current().paint
    for rule in wanted:
        severity = paint(f"{rule.severity.word:<8}", STYLE_OF[rule.severity])
        click.echo(
            f"{rule.code}  {rule.name:<30} {severity} {rule.applicability or '':<7} {explanation(rule, language).what}",
            color=True,
        )
