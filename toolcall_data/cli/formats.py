"""`tcdata formats`: list the formats."""

from __future__ import annotations

import click

from toolcall_data.cli.terminal import current


@click.command("formats", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """List the formats that are read and written, with an example and what each cannot hold.

    \b
    Examples
      tcdata formats
      tcdata validate data.json --from openai
    """
    import json

    from toolcall_data.formats.base import formats

    paint = current().paint
    for name, found in formats().items():
        click.echo(f"{paint(name, 'bold')}  {found.title}", color=True)
        for loss in found.loses:
            click.echo(f"  cannot hold: {loss}")
        click.echo(f"  {json.dumps(found.example, ensure_ascii=False)}\n")
