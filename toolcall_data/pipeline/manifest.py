"""The manifest of a mix: what decided it, what went in, what came out; and whether it is still true."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import orjson

from toolcall_data.conversation.model import JSON
from toolcall_data.pipeline.ledger import Tally, totals
from toolcall_data.recipe import LoadedRecipe
from toolcall_data.stages.export import MANIFEST, Losses, checksum
from toolcall_data.stages.load import Input, inputs
from toolcall_data.version import __version__

MANIFEST_VERSION = 1


def output_of(loaded: LoadedRecipe, output: str | None) -> Path:
    """The folder a recipe's mix is written to: `-o`, the recipe's own, or `out/` and its name."""
    return Path(output or loaded.recipe.export.output or f"out/{loaded.name}").expanduser()


def dataset_name(loaded: LoadedRecipe) -> str:
    """The mix's name in dataset_info.json."""
    return loaded.recipe.export.name or "".join(
        letter if letter.isalnum() and letter.isascii() else "_" for letter in loaded.name
    )


def manifest_of(
    loaded: LoadedRecipe,
    wanted: list[Input],
    *,
    formats: dict[str, str],
    tallies: dict[str, Tally],
    losses: Losses,
    files: dict[str, tuple[Path, int]],
) -> dict[str, Any]:
    """The whole manifest. `formats` gives the format by input path, `files` path and rows by output name."""
    facts = {one.path: _file_facts(Path(one.path)) for one in wanted}
    return {
        "manifest_version": MANIFEST_VERSION,
        "tcdata": __version__,
        "recipe": loaded.recipe.model_dump(mode="json", exclude_none=True),
        "mix_hash": _digest(loaded, [(one.source, facts[one.path]["checksum"]) for one in wanted]),
        "seed": loaded.recipe.mix.seed,
        "dataset": dataset_name(loaded),
        "totals": totals(tallies),
        "sources": {source: tally.as_json() for source, tally in tallies.items()},
        "losses": {
            "conversations_with_weights": losses.weights,
            "conversations_with_merged_results": losses.merged_results,
        },
        "inputs": [
            {"source": one.source, "path": one.path, "format": formats.get(one.path), **facts[one.path]}
            for one in wanted
        ],
        "outputs": {name: {"rows": rows, **_file_facts(path)} for name, (path, rows) in files.items()},
    }


def _file_facts(path: Path) -> dict[str, JSON]:
    return {"bytes": path.stat().st_size, "checksum": checksum(path)}


def mix_hash(loaded: LoadedRecipe) -> str:
    """A digest of all that decides a mix: the stages up to export, the inputs' bytes, and tcdata's version.

    Where the mix is written and how it is trained do not count.
    """
    wanted = inputs(loaded.recipe.sources, loaded.folder)
    return _digest(loaded, [(one.source, checksum(Path(one.path))) for one in wanted])


def _digest(loaded: LoadedRecipe, checksums: list[tuple[str, JSON]]) -> str:
    settings = loaded.recipe.model_dump(mode="json", exclude={"train": True, "export": {"output"}})
    decided = {
        "tcdata": __version__,
        "settings": settings,
        "name": dataset_name(loaded),
        "inputs": checksums,
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
