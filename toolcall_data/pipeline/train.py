"""From a recipe to a trained model: the mix made where it is missing or stale, then LLaMA-Factory on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from toolcall_data.atomic import write_whole
from toolcall_data.errors import RecipeError
from toolcall_data.events import Note, Tell, silence
from toolcall_data.pipeline.manifest import why_stale
from toolcall_data.pipeline.mix import MixReport, run_mix
from toolcall_data.recipe import LoadedRecipe
from toolcall_data.sources.dataset_info import FILE_NAME, merge_into
from toolcall_data.stages.export import MANIFEST, entry
from toolcall_data.stages.train import TrainResult, check_settings, train
from toolcall_data.training.config import Dataset


@dataclass(frozen=True)
class TrainReport:
    """What a training did: `mix` is None where the mix on disk was up to date."""

    mix: MixReport | None
    train: TrainResult


def run_train(
    loaded: LoadedRecipe,
    *,
    output: Path,
    run_dir: Path | None = None,
    smoke: bool = False,
    dry_run: bool = False,
    overwrite: bool = False,
    tell: Tell = silence,
    on_mix: Callable[[MixReport], None] | None = None,
) -> TrainReport:
    """Make the mix where it is missing or stale, then train on it.

    `on_mix` is called with a mix that was made, before the training begins.

    Raises:
        RecipeError: the recipe has no `train`; and whatever `run_mix` and `stages.train.train` raise.
    """
    settings = loaded.recipe.train
    if settings is None:
        raise RecipeError(
            "the recipe has no `train` stage",
            place=loaded.path,
            hint="add `train: {model: tiny}`, or run `tcdata mix` to mix only",
        )

    def place_of(key: str) -> str:
        is_setting = key in type(settings).model_fields
        return loaded.place_of("train", key) if is_setting else loaded.place_of("train", "options", key)

    check_settings(settings, place_of)
    mixed = None
    if stale := why_stale(loaded, output):
        tell(Note(f"mixing first: {stale}", "progress"))
        mixed = run_mix(loaded, output, tell=tell)
        if on_mix is not None:
            on_mix(mixed)
    dataset = exported(output)
    if smoke:
        dataset = _head(dataset, output / "smoke", tell)
    result = train(
        settings,
        dataset,
        run_dir=run_dir or Path(settings.output.replace("{name}", loaded.name)).expanduser(),
        tell=tell,
        smoke=smoke,
        dry_run=dry_run,
        overwrite=overwrite,
        place_of=place_of,
    )
    return TrainReport(mixed, result)


def exported(output: Path) -> Dataset:
    """The dataset that a mix wrote, as the trainer takes it."""
    manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    name = manifest["dataset"]
    has_eval = "eval.jsonl" in manifest["outputs"]
    return Dataset(
        dataset_dir=output.resolve(),
        train=name,
        eval=f"{name}_eval" if has_eval else None,
        mix_hash=manifest["mix_hash"],
        texts=lambda: _texts(output / "train.jsonl"),
    )


SMOKE_ROWS = 2000
"""Rows that a smoke test is given: LLaMA-Factory tokenises a few hundred a second before its first step."""


def _head(dataset: Dataset, folder: Path, tell: Tell) -> Dataset:
    """The dataset itself where it is small, else its first rows in a folder of their own (the order is shuffled)."""
    train = dataset.dataset_dir / "train.jsonl"
    with train.open("rb") as file:
        head = list(islice(file, SMOKE_ROWS + 1))
    if len(head) <= SMOKE_ROWS:
        return dataset
    folder.mkdir(exist_ok=True)
    write_whole(folder / "train.jsonl", b"".join(head[:SMOKE_ROWS]))
    entries = {dataset.train: entry("train.jsonl")}
    if dataset.eval is not None:
        entries[dataset.eval] = entry("eval.jsonl")
        with (dataset.dataset_dir / "eval.jsonl").open("rb") as file:
            write_whole(folder / "eval.jsonl", b"".join(islice(file, SMOKE_ROWS // 10)))
    merge_into(folder / FILE_NAME, entries)
    tell(Note(f"a smoke test trains on the first {SMOKE_ROWS} rows of the mix", "progress"))
    return Dataset(
        folder.resolve(), dataset.train, dataset.eval, dataset.mix_hash, lambda: _texts(folder / "train.jsonl")
    )


def _texts(path: Path) -> Iterator[str]:
    """Every text of a data file: system prompt, tools and turns."""
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            yield from (row["system"], row["tools"], *(turn["value"] for turn in row["conversations"]))
