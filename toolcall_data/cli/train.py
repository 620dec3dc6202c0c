"""`tcdata train`: train on a recipe's mix with LLaMA-Factory."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from toolcall_data.cli.terminal import current
from toolcall_data.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from toolcall_data.pipeline import TrainReport


@click.command("train", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("recipe", metavar="RECIPE")
@click.argument("extra", nargs=-1, metavar="[-- OPTION=VALUE...]")
@click.option("-o", "--output", metavar="DIR", help="The mix's folder; default: the recipe's, or out/NAME.")
@click.option("--run-dir", metavar="DIR", help="The run's folder; default: the recipe's train.output, or runs/NAME.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key, as in train.model=tiny.")
@click.option("--smoke", is_flag=True, help="A tiny random model and 3 steps with the recipe's own options, offline.")
@click.option("--dry-run", is_flag=True, help="Write and print what would run, and do not run it.")
@click.option("--print-command", is_flag=True, help="Print the command that runs LLaMA-Factory, and do not run it.")
@click.option("--overwrite", is_flag=True, help="Begin again in a run folder that holds a finished run.")
def command(
    recipe: str,
    extra: tuple[str, ...],
    output: str | None,
    run_dir: str | None,
    overrides: tuple[str, ...],
    smoke: bool,
    dry_run: bool,
    print_command: bool,
    overwrite: bool,
) -> int:
    """Mix a RECIPE where its mix is missing or stale, and train on it with LLaMA-Factory.

    Words after -- are LLaMA-Factory options, as in: -- learning_rate=2e-4 num_train_epochs=1. Ctrl-C stops at the
    next step and saves a checkpoint; the same command goes on from it.

    \b
    Examples
      tcdata train quickstart
      tcdata train my.yaml --smoke
      tcdata train my.yaml --dry-run -- lora_rank=16
    """
    from pathlib import Path

    from toolcall_data.cli.mix import show_mix
    from toolcall_data.pipeline import output_of, run_train
    from toolcall_data.recipe import read_recipe

    terminal = current()
    loaded = read_recipe(recipe, [*overrides, *_options(extra)])
    report = run_train(
        loaded,
        output=output_of(loaded, output),
        run_dir=Path(run_dir) if run_dir else None,
        smoke=smoke,
        dry_run=dry_run or print_command,
        overwrite=overwrite,
        tell=terminal.listen,
        on_mix=None if print_command else lambda mixed: show_mix(mixed, terminal),
    )
    if print_command:
        click.echo(report.train.command)
        return ExitCode.OK
    return _show(report)


def _options(words: tuple[str, ...]) -> list[str]:
    for word in words:
        if "=" not in word or word.startswith("-"):
            raise UsageError(
                f"`{word}` is no OPTION=VALUE", hint="LLaMA-Factory options follow --, as in: -- lora_rank=16"
            )
    return [f"train.options.{word}" for word in words]


def _typed(*flags: str) -> str:
    """The command line that was typed, with these flags and without `--overwrite`."""
    words = ["tcdata", *(word for word in sys.argv[1:] if word != "--overwrite")]
    place = words.index("--") if "--" in words else len(words)
    return shlex.join([*words[:place], *flags, *words[place:]])


def _show(report: TrainReport) -> int:
    result = report.train
    if result.run is None:
        click.echo(f"\n{result.config}:\n{result.config.read_text(encoding='utf-8')}")
        click.echo(f"dry run; it would run:\n  {result.command}")
        return ExitCode.OK
    run = result.run
    if run.first_loss is not None and run.last_loss is not None:
        click.echo(f"loss     {run.first_loss:.4f} -> {run.last_loss:.4f} in {run.steps} steps")
    if run.adapter is not None:
        kind = "adapter" if (run.adapter / "adapter_config.json").is_file() else "model  "
        click.echo(f"{kind}  {run.adapter}")
    if run.interrupted:
        click.echo(f"stopped  at step {run.steps} of {run.total_steps}, checkpoint {run.checkpoint}")
        click.echo(f"go on    {_typed()}")
    click.echo(f"run      {result.run_dir}\nagain    {_typed('--overwrite')}\ntrainer  {result.command}")
    return ExitCode.INTERRUPTED if run.interrupted else ExitCode.OK
