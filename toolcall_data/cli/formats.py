"""`tcdata formats`: list the formats, or describe one."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import click

from toolcall_data.cli.terminal import Terminal, current
from toolcall_data.prose import Prose, said

if TYPE_CHECKING:
    from toolcall_data.formats.base import Format

_ONLY_READ = Prose("only read", "只读")
_LOSES = Prose("loses", "会丢失")


@click.command("formats", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--format", "report", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(name: str | None, report: str) -> None:
    """List the formats that are read and written, with an example and what each cannot hold; or describe one.

    \b
    Examples
      tcdata formats
      tcdata formats openai
      tcdata formats --format json
    """
    from toolcall_data.formats.base import format_named, formats

    terminal = current()
    wanted = [type(format_named(name))] if name is not None else list(formats().values())
    if report == "json":
        described = [_object(found, terminal) for found in wanted]
        click.echo(json.dumps(described if name is None else described[0], ensure_ascii=False, indent=2))
    elif name is not None:
        _one(wanted[0], terminal)
    else:
        for found in wanted:
            _short(found, terminal)


def _object(found: type[Format], terminal: Terminal) -> dict[str, Any]:
    """A format for a program; a format that is only read loses nothing of its own."""
    return {
        "name": found.name,
        "title": said(found.title, terminal.language),
        "is_written": found.is_writable,
        "extends": found.extends,
        "loses": [
            {"trait": trait.value, "loss": number, "what": what} for trait, number, what in _lost(found, terminal)
        ],
        "also": [said(text, terminal.language) for text in found.loses],
        "example": found.example,
    }


def _lost(found: type[Format], terminal: Terminal) -> list[tuple[Any, str | None, str]]:
    """The traits that a format cannot hold, each with its number and its name for a person."""
    from toolcall_data.formats.losses import KINDS

    if not found.is_writable:
        return []
    return [
        (trait, kind.number, said(kind.name, terminal.language))
        for trait, kind in KINDS.items()
        if trait not in found.holds
    ]


def _short(found: type[Format], terminal: Terminal) -> None:
    _head(found, terminal)
    if lost := [f"{trait} ({number})" if number else str(trait) for trait, number, _ in _lost(found, terminal)]:
        text = f"{said(_LOSES, terminal.language)}: {', '.join(lost)}"
        click.echo(textwrap.indent(textwrap.fill(text, max(40, terminal.width - 4)), "  "))
    click.echo(f"  {json.dumps(found.example, ensure_ascii=False)}\n")


def _one(found: type[Format], terminal: Terminal) -> None:
    _head(found, terminal)
    for trait, number, what in _lost(found, terminal):
        click.echo(f"  {said(_LOSES, terminal.language)} {trait:<21} {number or '':<8} {what}")
    for text in found.loses:
        click.echo(f"  {said(_LOSES, terminal.language)} {said(text, terminal.language)}")
    click.echo(json.dumps(found.example, ensure_ascii=False, indent=2))


def _head(found: type[Format], terminal: Terminal) -> None:
    mark = "" if found.is_writable else f" ({said(_ONLY_READ, terminal.language)})"
    title = said(found.title, terminal.language)
    click.echo(f"{terminal.paint(found.name, 'bold')}{mark}  {title}", color=True)
