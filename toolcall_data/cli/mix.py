"""`tcdata mix`: curate the sources of a recipe into a dataset."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from toolcall_data.cli.terminal import Terminal, current

if TYPE_CHECKING:
    from toolcall_data.pipeline import MixReport


@click.command("mix", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("recipe", metavar="RECIPE")
@click.option("-o", "--output", metavar="DIR", help="The folder to write; default: the recipe's, or out/NAME.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key, as in mix.seed=7.")
@click.option("--seed", type=int, help="Short for --set mix.seed=N.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--format", "report", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(
    recipe: str, output: str | None, overrides: tuple[str, ...], seed: int | None, dry_run: bool, report: str
) -> None:
    """Check, clean and mix the sources of a RECIPE into a dataset that LLaMA-Factory reads.

    Writes data files, dataset_info.json, dropped.jsonl (every dropped row with its reason) and manifest.json. A
    RECIPE is a YAML file, or the name of a shipped one.

    \b
    Examples
      tcdata mix quickstart -o out/quickstart
      tcdata mix my.yaml --set mix.total=2000 --dry-run
    """
    from toolcall_data.pipeline import output_of, run_mix
    from toolcall_data.recipe import read_recipe

    terminal = current()
    seeded = (*overrides, f"mix.seed={seed}") if seed is not None else overrides
    loaded = read_recipe(recipe, seeded)
    result = run_mix(loaded, output_of(loaded, output), dry_run=dry_run, tell=terminal.listen)
    if report == "json":
        import orjson

        click.echo(orjson.dumps(result.manifest, option=orjson.OPT_INDENT_2).decode())
    else:
        show_mix(result, terminal)


def show_mix(result: MixReport, terminal: Terminal) -> None:
    """The table of what became of the rows, and where the mix lies."""
    head = ("source", "read", "kept", "fixed", "dropped", "unreadable", "train", "eval")
    rows: list[tuple[object, ...]] = [
        (
            name,
            tally.read,
            tally.kept,
            tally.fixed_rows,
            tally.dropped.total(),
            tally.unreadable,
            tally.train,
            tally.eval,
        )
        for name, tally in result.tallies.items()
    ]
    if len(rows) > 1:
        rows.append(_total(rows))
    width = max(len(str(row[0])) for row in (head, *rows))
    click.echo(terminal.paint(_line(head, width), "bold"), color=True)
    for row in rows:
        click.echo(_line(row, width))
    for name, tally in result.tallies.items():
        _list(f"  {name} dropped", tally.dropped, terminal.width)
        _list(f"  {name} fixed", tally.fixed, terminal.width)
    if result.output is None:
        click.echo("dry run: nothing was written")
    else:
        click.echo(f"{result.output}: dataset `{result.name}`, mix {result.manifest['mix_hash'][:12]}")


def _list(head: str, counts: Counter[str], width: int) -> None:
    """`head: reason 3, other 1`, wrapped."""
    import textwrap

    if counts:
        said = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
        click.echo(textwrap.fill(f"{head}: {said}", width, subsequent_indent="    ", break_on_hyphens=False))


def _total(rows: list[tuple[object, ...]]) -> tuple[object, ...]:
    return (
        "total",
        *(sum(value for value in column if isinstance(value, int)) for column in list(zip(*rows, strict=True))[1:]),
    )


def _line(row: tuple[object, ...], width: int) -> str:
    cells = [f"{value:>10,}" if isinstance(value, int) else f"{value!s:>10}" for value in row[1:]]
    return f"{row[0]!s:<{width}} {' '.join(cells)}"
