"""`tcdata explain`: what a rule is about."""

from __future__ import annotations

import click

from toolcall_data.cli.terminal import current


@click.command("explain", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", metavar="CODE|NAME")
@click.option("--format", "report", type=click.Choice(("text", "md", "json")), default="text", show_default=True)
def command(name: str, report: str) -> None:
    """Explain a rule: what it does, why it matters, examples, what to do.

    \b
    Examples
      tcdata explain call.enum
      tcdata explain TC401 --format md
    """
    from toolcall_data.report.rule_text import rule_markdown, rule_object, rule_text
    from toolcall_data.rules._registry import rule_named

    rule = rule_named(name)
    if report == "json":
        import orjson

        click.echo(orjson.dumps(rule_object(rule), option=orjson.OPT_INDENT_2).decode())
    elif report == "md":
        click.echo(rule_markdown(rule))
    else:
        click.echo(rule_text(rule, paint=current().paint), color=True)
