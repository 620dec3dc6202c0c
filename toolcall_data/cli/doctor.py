"""`tcdata doctor`: what is installed, what is missing, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from toolcall_data.cli.terminal import current
from toolcall_data.errors import ExitCode, TcdataError


@dataclass(frozen=True)
class Line:
    """One fact: `state` is `ok`, `note` or `missing`; only a missing thing that training needs is a blocker."""

    name: str
    state: str
    text: str


@click.command("doctor", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--llamafactory", metavar="PATH", help="The trainer's python, environment or llamafactory-cli.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(llamafactory: str | None, as_json: bool) -> int:
    """Show versions, the trainer that would be used, and what keeps it from running.

    \b
    Examples
      tcdata doctor
      tcdata doctor --llamafactory ~/venvs/lf/bin/python --json
    """
    lines = [*_own(), *_trainer(llamafactory)]
    if as_json:
        import orjson

        click.echo(orjson.dumps([line.__dict__ for line in lines], option=orjson.OPT_INDENT_2).decode())
    else:
        paint = current().paint
        styles = {"ok": "good", "note": "warning", "missing": "error"}
        for line in lines:
            click.echo(f"{paint(f'{line.state:<8}', styles[line.state])} {line.name:<14} {line.text}", color=True)
    return ExitCode.FINDINGS if any(line.state == "missing" for line in lines) else ExitCode.OK


def _own() -> list[Line]:
    from importlib.metadata import version

    from toolcall_data.cache import cache_dir
    from toolcall_data.version import __version__

    lines = [Line("tcdata", "ok", f"{__version__} on Python {sys.version.split()[0]}")]
    lines += [Line(name, "ok", version(name)) for name in ("polars", "pydantic", "jsonschema-rs", "click", "textual")]
    cache = cache_dir()
    lines.append(_writable("cache", cache))
    lines.append(_writable("here", Path.cwd()))
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    lines.append(Line("disk", "ok" if free > 5 else "note", f"{free:.0f} GiB free here"))
    return lines


def _writable(name: str, folder: Path) -> Line:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    is_writable = os.access(existing, os.W_OK)
    return Line(name, "ok" if is_writable else "note", f"{folder}{'' if is_writable else ' is not writable'}")


def _trainer(wanted: str | None) -> list[Line]:
    from toolcall_data.training.device import find_device
    from toolcall_data.training.probe import compat_notes
    from toolcall_data.training.trainer import find_trainer, version_notes

    try:
        trainer = find_trainer(wanted)
    except TcdataError as error:
        return [Line("llamafactory", "missing", f"{error.message}; {error.hint}" if error.hint else error.message)]
    lines = [Line("trainer", "ok", str(trainer.python))]
    lines += [Line(name, "ok", version) for name, version in trainer.versions.items() if version]
    lines += [Line("versions", "note", note.text) for note in version_notes(trainer)]
    lines += [Line("text only", "note", note.text) for note in compat_notes(trainer)]
    lines.append(Line("device", "ok", find_device(trainer).kind))
    return lines
