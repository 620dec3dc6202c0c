"""The straight path of a recipe: load, check, clean, mix, export, with every row accounted for."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from toolcall_data import __version__
from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.corpus import Corpus, Kept, gather
from toolcall_data.errors import EmptyError, RecipeError
from toolcall_data.events import Done, Note, Progress, Started, Tell, silence
from toolcall_data.recipe import LoadedRecipe
from toolcall_data.sources.dataset_info import FILE_NAME, merge_into
from toolcall_data.stages.check import Checked, check
from toolcall_data.stages.clean import clean
from toolcall_data.stages.export import (
    DROPPED,
    MANIFEST,
    Folder,
    Losses,
    checksum,
    entry,
    row_of,
    trainable,
)
from toolcall_data.stages.load import Input, inputs, load
from toolcall_data.stages.mix import Mixed, mix
from toolcall_data.stages.train import TrainResult, train
from toolcall_data.training.config import Dataset

if TYPE_CHECKING:
    import polars as pl

MANIFEST_VERSION = 1


@dataclass
class Tally:
    """What became of the rows of one source: `read` = `kept` + the sum of `dropped` + `unreadable`.

    `fixed` counts rows that a fix mended, by rule; `kept` are distinct rows of the mix, of which `fixed_rows` were
    mended; `train` and `eval` are rows written, repeats included.
    """

    read: int = 0
    unreadable: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    fixed: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    fixed_rows: int = 0
    train: int = 0
    eval: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.read == self.kept + self.dropped.total() + self.unreadable

    def as_json(self) -> dict[str, JSON]:
        return {
            "read": self.read,
            "kept": self.kept,
            "fixed": self.fixed_rows,
            "dropped": self.dropped.total(),
            "unreadable": self.unreadable,
            "dropped_by_reason": dict(sorted(self.dropped.items())),
            "fixed_by_rule": dict(sorted(self.fixed.items())),
            "train_rows": self.train,
            "eval_rows": self.eval,
        }


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
        self.dropped.write(_dropped_line(source, stage, reason, detail, conversation))


def output_of(loaded: LoadedRecipe, output: str | None) -> Path:
    """The folder a recipe's mix is written to: `-o`, the recipe's own, or `out/` and its name."""
    return Path(output or loaded.recipe.export.output or f"out/{loaded.name}").expanduser()


def dataset_name(loaded: LoadedRecipe) -> str:
    """The mix's name in dataset_info.json."""
    return loaded.recipe.export.name or "".join(
        letter if letter.isalnum() and letter.isascii() else "_" for letter in loaded.name
    )


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
            raise EmptyError("no row is left for training", hint=_why_empty(run.tallies))
        name = dataset_name(loaded)
        files = {"train.jsonl": mixed.train} | ({"eval.jsonl": mixed.eval} if mixed.eval.height else {})
        for file_name, rows in files.items():
            _write(run, corpus, rows, file_name)
        manifest = _manifest(run, wanted, name, files)
        if not dry_run:
            _publish(run, output, name, manifest, list(files))
    summary = f"{mixed.train.height} rows to train on, {mixed.eval.height} held out"
    tell(Done("mix", summary))
    return MixReport(None if dry_run else output, name, run.tallies, manifest)


def _kept(run: _Run, wanted: list[Input]) -> Iterator[Kept]:
    """The conversations that pass the check and that LLaMA-Factory can hold; the rest are dropped with a reason."""
    recipe = run.recipe.recipe
    loaded = load(wanted, tell=run.tell)
    for checked in check(((one.source, one.conversation) for one in loaded), recipe.check):
        source = checked.carried
        run.tallies[source].read += 1
        run.formats.setdefault(checked.conversation.origin.path, checked.conversation.origin.format)
        if checked.verdict in ("dropped", "unreadable"):
            _drop_checked(run, checked)
            continue
        ready = trainable(checked.conversation, recipe.export)
        if isinstance(ready, str):
            run.drop(source, "export", "export.not_trainable", ready, checked.conversation)
            continue
        run.losses = run.losses.plus(checked.conversation, ready)
        run.tallies[source].fixed.update(checked.fixed_by)
        yield Kept(source, ready, checked.verdict == "fixed")


def _drop_checked(run: _Run, checked: Checked[str]) -> None:
    stage = "read" if checked.verdict == "unreadable" else "check"
    detail = "; ".join(f"{finding.code} {finding.name}: {finding.message}" for finding in checked.findings)
    run.drop(checked.carried, stage, checked.reason, detail, checked.conversation)


def _select(run: _Run, corpus: Corpus) -> Mixed:
    recipe = run.recipe.recipe
    cleaned = clean(corpus.frame, recipe.filters)
    _drop_rows(run, corpus, cleaned.dropped, "clean")
    if not cleaned.kept.height:
        raise EmptyError("no row is left after cleaning", hint=_why_empty(run.tallies))
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


def _manifest(run: _Run, wanted: list[Input], name: str, files: dict[str, pl.DataFrame]) -> dict[str, Any]:
    outputs = {
        file_name: {"rows": rows.height, **_file_facts(run.folder.path(file_name))} for file_name, rows in files.items()
    }
    dropped = sum(tally.dropped.total() + tally.unreadable for tally in run.tallies.values())
    outputs[DROPPED] = {"rows": dropped, **_file_facts(run.folder.path(DROPPED))}
    return {
        "manifest_version": MANIFEST_VERSION,
        "tcdata": __version__,
        "recipe": run.recipe.recipe.model_dump(mode="json", exclude_none=True),
        "mix_hash": mix_hash(run.recipe, wanted),
        "seed": run.recipe.recipe.mix.seed,
        "dataset": name,
        "totals": _totals(run.tallies),
        "sources": {source: tally.as_json() for source, tally in run.tallies.items()},
        "losses": {
            "conversations_with_weights": run.losses.weights,
            "conversations_with_merged_results": run.losses.merged_results,
        },
        "inputs": [
            {
                "source": one.source,
                "path": one.path,
                "format": run.formats.get(one.path),
                **_file_facts(Path(one.path)),
            }
            for one in wanted
        ],
        "outputs": outputs,
    }


def _totals(tallies: dict[str, Tally]) -> dict[str, int]:
    keys = ("read", "kept", "fixed", "dropped", "unreadable", "train_rows", "eval_rows")
    each = [tally.as_json() for tally in tallies.values()]
    return {key: sum(one[key] for one in each) for key in keys}


def _file_facts(path: Path) -> dict[str, JSON]:
    return {"bytes": path.stat().st_size, "checksum": checksum(path)}


def mix_hash(loaded: LoadedRecipe, wanted: list[Input] | None = None) -> str:
    """A digest of all that decides a mix: the stages up to export, the inputs' bytes, and tcdata's version.

    Where the mix is written and how it is trained do not count.
    """
    wanted = inputs(loaded.recipe.sources, loaded.folder) if wanted is None else wanted
    settings = loaded.recipe.model_dump(mode="json", exclude={"train": True, "export": {"output"}})
    decided = {
        "tcdata": __version__,
        "settings": settings,
        "name": dataset_name(loaded),
        "inputs": [(one.source, checksum(Path(one.path))) for one in wanted],
    }
    return hashlib.sha256(orjson.dumps(decided, option=orjson.OPT_SORT_KEYS)).hexdigest()


def why_stale(loaded: LoadedRecipe, output: Path) -> str | None:
    """Why the mix in a folder is not the one that the recipe makes now; None where it is."""
    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    except OSError:
        return "there is no mix yet"
    except ValueError:
        return "its manifest is damaged"
    if manifest.get("mix_hash") != mix_hash(loaded):
        return "the recipe, its sources or tcdata changed since it was made"
    for name, facts in manifest.get("outputs", {}).items():
        if not (output / name).is_file() or checksum(output / name) != facts["checksum"]:
            return f"{name} was changed or removed since it was made"
    return None


def _dropped_line(source: str, stage: str, reason: str, detail: str, conversation: Conversation) -> bytes:
    origin = conversation.origin
    line: dict[str, JSON] = {
        "source": source,
        "stage": stage,
        "reason": reason,
        "detail": detail,
        "path": origin.path,
        "row": origin.row,
        "line": origin.line,
        "conversation": orjson.Fragment(to_json(conversation, with_origin=False)),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _why_empty(tallies: dict[str, Tally]) -> str:
    reasons: Counter[str] = Counter()
    for tally in tallies.values():
        reasons.update(tally.dropped)
        reasons["unreadable"] += tally.unreadable
    worst = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(3) if count)
    return f"{sum(tally.read for tally in tallies.values())} rows were read; dropped: {worst or 'none'}"


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
    mixed = None
    if stale := why_stale(loaded, output):
        tell(Note(f"mixing first: {stale}", "progress"))
        mixed = run_mix(loaded, output, tell=tell)
        if on_mix is not None:
            on_mix(mixed)
    result = train(
        settings,
        exported(output),
        run_dir=run_dir or Path(settings.output.replace("{name}", loaded.name)).expanduser(),
        tell=tell,
        smoke=smoke,
        dry_run=dry_run,
        overwrite=overwrite,
        place_of=lambda key: (
            loaded.place_of("train", key)
            if key in type(settings).model_fields
            else loaded.place_of("train", "options", key)
        ),
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


def _texts(path: Path) -> Iterator[str]:
    """Every text of a data file: system prompt, tools and turns."""
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            yield from (row["system"], row["tools"], *(turn["value"] for turn in row["conversations"]))
