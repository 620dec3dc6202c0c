"""`tcdata init`: a starter recipe beside the user's data."""

from __future__ import annotations

from pathlib import Path

import click

from toolcall_data.cli.terminal import current
from toolcall_data.errors import EmptyError, UsageError


@click.command("init", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.option("--name", default="recipe", show_default=True, metavar="NAME", help="The recipe's name: NAME.yaml.")
@click.option("--from-recipe", metavar="RECIPE", help="Copy this shipped recipe instead.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def command(folder: str, name: str, from_recipe: str | None, force: bool) -> None:
    """Write a commented recipe for the data files found in FOLDER.

    \b
    Examples
      tcdata init data/
      tcdata init --from-recipe qwen3_4b_agent_zh --name agent
    """
    target = Path(folder) / f"{name}.yaml"
    if not Path(folder).is_dir():
        raise UsageError(f"{folder} is no folder")
    if target.exists() and not force:
        raise UsageError(f"{target} exists", hint="--force overwrites it, --name chooses another")
    text = _copied(from_recipe) if from_recipe else _starter(Path(folder), name)
    from toolcall_data.atomic import write_whole

    write_whole(target, text)
    click.echo(f"{target}\nnext: tcdata train {target} --smoke")


def _copied(name: str) -> str:
    from toolcall_data.bundled import files
    from toolcall_data.nearest import did_you_mean

    shipped = {path.stem: path for path in files("recipes")}
    if name not in shipped:
        hint = did_you_mean(name, shipped) or f"shipped: {', '.join(shipped)}"
        raise UsageError(f"no shipped recipe named `{name}`", hint=hint)
    return shipped[name].read_text(encoding="utf-8")


def _starter(folder: Path, name: str) -> str:
    """A recipe with one source a file, each with the format found in it."""
    from toolcall_data.errors import InputError
    from toolcall_data.sources.paths import expand
    from toolcall_data.sources.reader import open_file

    lines: list[str] = []
    try:
        paths = expand([folder])
    except EmptyError as error:
        raise EmptyError(f"{folder} holds no data file to write a recipe for", hint=error.hint) from error
    taken: set[str] = set()
    for path in paths:
        try:
            reading = open_file(path)
        except InputError as error:
            current().line(f"left out: {error}")
            continue
        reading.close()
        source = _source_name(Path(path), taken)
        lines += [f"  {source}:", f"    path: {_quoted(Path(path).name)}    # {reading.format.name}: {reading.reason}"]
    if not lines:
        raise EmptyError(f"no file in {folder} holds conversations in a known format")
    return _STARTER.format(name=name, sources="\n".join(lines))


def _source_name(path: Path, taken: set[str]) -> str:
    stem = path.name.split(".")[0]
    name = base = "".join(letter if letter.isalnum() else "_" for letter in stem) or "source"
    number = 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


_STARTER = """\
# A tcdata recipe: from these files to a trained adapter. Keys are the stages, in the order they run.
#
#   tcdata recipe check {name}.yaml      is it sound?
#   tcdata mix {name}.yaml --dry-run     what would become of the rows?
#   tcdata train {name}.yaml --smoke     3 steps of a tiny model, offline: does all of it run?
#   tcdata train {name}.yaml

# Where the rows come from, relative to this file; of two equal rows the one of the earlier source is kept.
sources:
{sources}

# What happens to rows that the rules complain of: drop (into dropped.jsonl, with the reason), keep, or fail.
check:
  error: drop
  warning: keep
  fix: safe                  # apply the fixes that keep the meaning
  # ignore: [call.format]    # rules not to run; `tcdata rules` lists them

# Filters, in order.
clean:
  - length: {{max_characters: 16000}}
  - exact_duplicates: {{key: dialogue}}

# How much of each source; without `take` all of it.
mix:
  seed: 42
  # take:
  #   my_tools: {{weight: 2}}  # a share of the mix
  #   my_chat: {{rows: 500}}   # exactly so many rows
  # max_repeats: 1           # more than 1 repeats rows of sources that are too small for their share
  eval: {{share: 0.02}}        # held out for evaluation, no copy of a training row among them

# The folder for the data files, dataset_info.json, dropped.jsonl and manifest.json.
export:
  output: out/{name}
  parallel_results: qwen     # for Qwen templates; `list` for the others

# What LLaMA-Factory is told; `options` takes any of its own.
train:
  model: Qwen/Qwen3-4B       # a folder, a name on the hub, or tiny
  template: qwen3
  output: runs/{name}
  options:
    finetuning_type: lora
    lora_rank: 16
    cutoff_len: 4096
    enable_thinking: null    # null: rows without thoughts teach no empty ones
    per_device_train_batch_size: 1
    gradient_accumulation_steps: 16
    learning_rate: 0.0001
    num_train_epochs: 2
    bf16: true
"""
