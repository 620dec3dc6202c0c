"""`tcdata completion`: the shell's completion script."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
_PLACES = {
    "bash": "save it and `source` it from ~/.bashrc",
    "zsh": "save it and `source` it from ~/.zshrc",
    "fish": "save it as ~/.config/fish/completions/tcdata.fish",
}


@click.command("completion", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of a shell; it changes no file of yours.

    \b
    Examples
      tcdata completion bash > ~/.tcdata-complete.bash
      tcdata completion fish > ~/.config/fish/completions/tcdata.fish
    """
    from click.shell_completion import get_completion_class

    from toolcall_data.cli.main import group

    found = get_completion_class(shell)
    if found is not None:
        click.echo(f"# {_PLACES[shell]}")
        click.echo(found(group, {}, "tcdata", "_TCDATA_COMPLETE").source())
