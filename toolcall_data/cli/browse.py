"""`tcdata browse`: look at rows in the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from toolcall_data.cli.terminal import current
from toolcall_data.errors import UsageError


@click.command("browse")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "chosen", metavar="FORMAT", help="Read every file in this format instead of recognising it.")
@click.option("--row", type=click.IntRange(min=0), default=0, metavar="N", help="Start at row N, counted from 0.")
def command(paths: Sequence[str], chosen: str | None, row: int) -> None:
    """Look at the rows of files, folders or `-`: conversation, tools, findings and raw JSON of each.

    \b
    Examples:
      tcdata browse train_zh.json
      tcdata browse data/ extra.jsonl.zst --from sharegpt --row 4711

    JSON Lines, JSON arrays and Parquet are read, packed with gzip or Zstandard or not. Nothing is changed. `?` shows
    the keys. TCDATA_LANG=zh gives a Chinese interface.
    """
    _need_terminal(paths)
    from toolcall_data.rules._checker import Checker
    from toolcall_data.rules._registry import chosen as chosen_rules
    from toolcall_data.sources.row_store import open_rows
    from toolcall_data.tui.app import BrowserApp
    from toolcall_data.tui.session import Session

    os.environ["TCDATA_LANG"] = current().language
    if "-" in paths:
        _keys_from_terminal()
    with open_rows(paths, chosen) as store:
        BrowserApp(Session(store, Checker(chosen_rules())), first_row=row).run()


def _need_terminal(paths: Sequence[str]) -> None:
    if sys.stdout.isatty() and (sys.stdin.isatty() or "-" in paths):
        return
    raise UsageError(
        "`browse` needs a terminal, and its input or output is none",
        hint=f"`tcdata validate {' '.join(paths)}` prints the findings instead",
    )


def _keys_from_terminal() -> None:
    """Rows come from standard input: keep that for them, and take the keys from the terminal itself."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError as error:
        raise UsageError("`browse -` found no terminal for the keys", hint="save the rows to a file first") from error
    sys.stdin = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(terminal, 0)
    os.close(terminal)
