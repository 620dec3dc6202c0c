"""From a recipe to a mix on disk: load, check, clean, mix, export, with every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from toolcall_data.conversation.model import Conversation
from toolcall_data.corpus import Corpus, Kept, gather
from toolcall_data.errors import EmptyError, RecipeError, UsageError
from toolcall_data.events import Done, Note, Progress, Started, Tell, silence
from toolcall_data.pipeline.ledger import Tally, dropped_line, why_empty
from toolcall_data.pipeline.manifest import dataset_name, manifest_of
from toolcall_data.recipe import LoadedRecipe
from toolcall_data.sources.dataset_info import FILE_NAME, merge_into
from toolcall_data.stages.check import Checked, check
from toolcall_data.stages.clean import clean
from toolcall_data.stages.export import DROPPED, MANIFEST, Folder, Losses, entry, row_of, trainable
from toolcall_data.stages.load import Input, inputs, load
from toolcall_data.stages.mix import Mixed, mix
from toolcall_data.target.templates import USUAL, Template, template_named

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class MixReport:
    """What a mix did: `manifest` is what manifest.json holds, `output` None for a dry run."""

    output: Path | None
    name: str
    tallies: dict[str, Tally]
    manifest: dict[str, Any]

    @property
    def train_rows(self) -> int:
        return sum(tally.train for tally in self.tallies.values())

    @property
    def eval_rows(self) -> int:
        return sum(tally.eval for tally in self.tallies.values())


@dataclass
class _Run:
    """One mix in progress: what it counts, and the file its dropped rows go to."""

    recipe: LoadedRecipe
    folder: Folder
    dropped: BinaryIO
    tell: Tell
    tallies: dict[str, Tally]
    losses: Losses = field(default_factory=Losses)
    formats: dict[str, str] = field(default_factory=dict)

    def drop(self, source: str, stage: str, reason: str, detail: str, conversation: Conversation) -> None:
        """Count a dropped row and write it down with its origin."""
        tally = self.tallies[source]
        if stage == "read":
            tally.unreadable += 1
        else:
            tally.dropped[reason] += 1
        self.dropped.write(dropped_line(source, stage, reason, detail, conversation))


def run_mix(loaded: LoadedRecipe, output: Path, *, dry_run: bool = False, tell: Tell = silence) -> MixReport:
    """Carry out a recipe up to its export, or all but the writing with `dry_run`.

    Raises:
        TcdataError: a source cannot be read, the recipe asks for what there is not, or no row is left.
    """
    recipe = loaded.recipe
    recipe.check.rules()
    wanted = inputs(recipe.sources, loaded.folder)
    with Folder(output) as folder, folder.path(DROPPED).open("wb") as dropped:
        run = _Run(loaded, folder, dropped, tell, {name: Tally() for name in recipe.sources})
        corpus = gather(_kept(run, wanted), folder.path("store"))
        mixed = _select(run, corpus)
        _account(run, mixed)
        dropped.close()
        if not mixed.train.height:
            raise EmptyError("no row is left for training", hint=why_empty(run.tallies))
        name = dataset_name(loaded)
        files = {"train.jsonl": mixed.train} | ({"eval.jsonl": mixed.eval} if mixed.eval.height else {})
        for file_name, rows in files.items():
            _write(run, corpus, rows, file_name)
        manifest = _manifest(run, wanted, files)
        if not dry_run:
            _publish(run, output, name, manifest, list(files))
    summary = f"{mixed.train.height} rows to train on, {mixed.eval.height} held out"
    tell(Done("mix", summary))
    return MixReport(None if dry_run else output, name, run.tallies, manifest)


def _kept(run: _Run, wanted: list[Input]) -> Iterator[Kept]:
    """The conversations that pass the check and that LLaMA-Factory can hold; the rest are dropped with a reason."""
    recipe = run.recipe.recipe
    loaded = load(wanted, tell=run.tell)
    template = _template(run)
    for checked in check(((one.source, one.conversation) for one in loaded), recipe.check):
        source = checked.carried
        run.tallies[source].read += 1
        run.formats.setdefault(checked.conversation.origin.path, checked.conversation.origin.format)
        if checked.verdict in ("dropped", "unreadable"):
            _drop_checked(run, checked)
            continue
        ready = trainable(checked.conversation, recipe.export, template)
        if isinstance(ready, str):
            run.drop(source, "export", "export.not_trainable", ready, checked.conversation)
            continue
        run.losses = run.losses.plus(checked.conversation, ready)
        run.tallies[source].fixed.update(checked.fixed_by)
        yield Kept(source, ready, checked.verdict == "fixed")


def _template(run: _Run) -> Template:
    """The template that the rows are made for: the one that the recipe trains with, else qwen3.

    Raises:
        RecipeError: LLaMA-Factory has none of this name, unless the recipe trains with one of another environment.
    """
    train = run.recipe.recipe.train
    if train is None:
        return template_named(USUAL)
    try:
        return template_named(train.template)
    except UsageError as error:
        if train.llamafactory is None:
            place = run.recipe.place_of("train", "template")
            raise RecipeError(error.message, place=place, hint=error.hint) from error
        text = f"template {train.template} is not known here: rows are judged as for {USUAL}"
        run.tell(Note(text, level="warning"))
        return template_named(USUAL)


def _drop_checked(run: _Run, checked: Checked[str]) -> None:
    stage = "read" if checked.verdict == "unreadable" else "check"
    detail = "; ".join(f"{finding.code} {finding.name}: {finding.message}" for finding in checked.findings)
    run.drop(checked.carried, stage, checked.reason, detail, checked.conversation)


def _select(run: _Run, corpus: Corpus) -> Mixed:
    recipe = run.recipe.recipe
    cleaned = clean(corpus.frame, recipe.filters)
    _drop_rows(run, corpus, cleaned.dropped, "clean")
    if not cleaned.kept.height:
        raise EmptyError("no row is left after cleaning", hint=why_empty(run.tallies))
    mixed = mix(cleaned.kept, recipe.mix, place=run.recipe.place_of("mix", "take"))
    import polars as pl

    _drop_rows(run, corpus, mixed.not_taken.with_columns(reason=pl.lit("mix.not_taken")), "mix")
    return mixed


def _drop_rows(run: _Run, corpus: Corpus, rows: pl.DataFrame, stage: str) -> None:
    reasons = rows.select("source", "reason", "detail").iter_rows()
    for (source, reason, detail), conversation in zip(reasons, corpus.stream(rows), strict=True):
        run.drop(source, stage, reason, detail, conversation)


def _account(run: _Run, mixed: Mixed) -> None:
    """Fill in what was kept, and see that every row is accounted for."""
    for source, tally in run.tallies.items():
        for rows, kind in ((mixed.train, "train"), (mixed.eval, "eval")):
            own = rows.filter(rows["source"].cast(str) == source)
            distinct = own.unique(subset="offset")
            setattr(tally, kind, own.height)
            tally.kept += distinct.height
            tally.fixed_rows += int(distinct["is_fixed"].sum())
        if not tally.is_balanced:
            raise RuntimeError(f"the rows of `{source}` do not add up: {tally}")


def _write(run: _Run, corpus: Corpus, rows: pl.DataFrame, file_name: str) -> None:
    run.tell(Started(f"writing {file_name}", rows.height))
    with run.folder.path(file_name).open("wb") as file:
        for count, conversation in enumerate(corpus.stream(rows)):
            file.write(row_of(conversation))
            if count % 256 == 0:
                run.tell(Progress(f"writing {file_name}", count, rows.height))


def _publish(run: _Run, output: Path, name: str, manifest: dict[str, Any], files: list[str]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    run.folder.path(MANIFEST).write_text(text, encoding="utf-8")
    output.mkdir(parents=True, exist_ok=True)
    stale = [] if "eval.jsonl" in files else ["eval.jsonl"]
    entries = {name: entry("train.jsonl")} | ({f"{name}_eval": entry("eval.jsonl")} if "eval.jsonl" in files else {})
    (output / MANIFEST).unlink(missing_ok=True)
    for left_over in stale:
        (output / left_over).unlink(missing_ok=True)
    merge_into(output / FILE_NAME, entries)
    run.folder.publish([*files, DROPPED, MANIFEST])
    if run.losses.weights:
        lost = f"{run.losses.weights} conversations have message weights, which LLaMA-Factory's sharegpt cannot hold"
        run.tell(Note(f"{lost}: every assistant turn of them is trained", "warning"))


def _manifest(run: _Run, wanted: list[Input], files: dict[str, pl.DataFrame]) -> dict[str, Any]:
    dropped = sum(tally.dropped.total() + tally.unreadable for tally in run.tallies.values())
    written = {name: (run.folder.path(name), rows.height) for name, rows in files.items()}
    return manifest_of(
        run.recipe,
        wanted,
        formats=run.formats,
        tallies=run.tallies,
        losses=run.losses,
        files={**written, DROPPED: (run.folder.path(DROPPED), dropped)},
    )
