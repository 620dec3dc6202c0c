"""Predicted is what LLaMA-Factory does: over defective rows and made values, and many templates, in one real run."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.target import made
from tests.target.defects import CASES, GOOD, SHAREGPT, Case, asked, said
from toolcall_data.target.outcome import shortened
from toolcall_data.target.registration import registered
from toolcall_data.target.templates import template_named, templates
from toolcall_data.target.verdict import verdict

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("llamafactory") is None, reason="LLaMA-Factory is not installed"),
]

TEMPLATES = (
    "qwen3",
    "qwen3_nothink",
    "qwen",
    "qwen3_5_nothink",
    "llama3",
    "glm4",
    "glm4_moe",
    "glm4_7",
    "mistral",
    "gemma",
    "default",
    "gemma4",
    "minimax1",
    "minimax2",
    "seed_oss",
    "bailing_v2",
    "lfm2",
    "phi4_mini",
    "hy3",
    "deepseek3",
)
WIDELY = sorted({*TEMPLATES, *(name for name, template in templates().items() if not template.counts_media)})
"""Every template for text, over which the cases are tried; the others want a processor that knows pictures."""

TRIED = 400
"""How many calls and how many tool lists are made."""

THOUGHTS = {template_named(name).thought_words for name in TEMPLATES}

Answers = list[dict[str, dict[str, Any]]]


def ask(rows: Sequence[tuple[Any, Any, Sequence[str]]], folder: Path) -> Answers:
    """What LLaMA-Factory does with each row under its entry and each of some templates."""
    from toolcall_data.training.probe import environment
    from toolcall_data.training.trainer import find_trainer

    cases = [
        {
            "row": row,
            "entry": entry,
            "good": GOOD.get(entry.get("formatting", "alpaca"), GOOD["sharegpt"]),
            "templates": names,
        }
        for row, entry, names in rows
    ]
    (folder / "asked.json").write_text(json.dumps(cases), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("observer.py")), "asked.json", "answers.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **environment(find_trainer()),
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "HF_HOME": str(folder / "hf"),
        },
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    answered = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    print(f"LLaMA-Factory {answered['version']}")
    assert answered["version"] == "0.9.5"
    found: Answers = answered["answers"]
    assert len(found) == len(cases)
    return found


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that the tests of this module want to know, asked in one go."""
    calls, tools = made.some(made.calls(), TRIED), made.some(made.tools(), TRIED)
    meant = {words: [made.says(value, words) for value in calls] for words in THOUGHTS}
    bare = list(dict.fromkeys(found.calls for listed in meant.values() for found in listed if found))
    rows: list[tuple[Any, Any, Sequence[str]]] = [(case.row, case.registered, WIDELY) for case in CASES.values()]
    rows += [(case.meant, case.registered, WIDELY) for case in CASES.values() if case.meant]
    rows += [(asked(value), SHAREGPT, TEMPLATES) for value in (*calls, *bare)]
    rows += [(toolless(value), SHAREGPT, TEMPLATES) for value in ("", *tools)]
    answers = iter(ask(rows, tmp_path_factory.mktemp("observed")))
    return {
        "cases": {name: next(answers) for name in CASES},
        "meant": {name: next(answers) for name, case in CASES.items() if case.meant},
        "calls": {value: next(answers) for value in calls},
        "bare": {value: next(answers) for value in bare},
        "tools": {value: next(answers) for value in ("", *tools)},
    }


def toolless(tools: str) -> dict[str, Any]:
    return said(("human", "问"), ("gpt", "答"), tools=tools, system="")


def in_order(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        if (found := text.find(part, at)) < 0:
            return False
        at = found + len(part)
    return True


def kind_of_case(case: Case, found: dict[str, Any], meant: dict[str, Any] | None) -> str:
    """`trains` or `alters` for what was rendered, as the case says; else the kind as it was."""
    if found["kind"] != "rendered":
        return str(found["kind"])
    same = meant is None or meant == found
    kept = in_order(found["text"], case.kept) and in_order(found["trained"], case.trained)
    return "trains" if same and kept and not case.lossy else "alters"


def disagreements(
    rows: dict[str, tuple[Any, Any]], answers: dict[str, dict[str, dict[str, Any]]], kind: Callable[[str, str], str]
) -> tuple[list[str], int]:
    """Where the prediction is another than what was observed, and how many were compared."""
    wrong, compared = [], 0
    for name, (row, entry) in rows.items():
        for template, answer in answers[name].items():
            compared += 1
            predicted = verdict(row, registered(entry), template_named(template))
            error = shortened(answer.get("error", ""))
            if (predicted.kind, predicted.error) != (kind(name, template), error):
                wrong.append(f"{template}: {name!r}: predicted {predicted}, observed {kind(name, template)} {error}")
    return wrong, compared


def test_cases(observed: dict[str, Any]) -> None:
    def kind(name: str, template: str) -> str:
        meant = observed["meant"].get(name, {}).get(template)
        return kind_of_case(CASES[name], observed["cases"][name][template], meant)

    rows = {name: (case.row, case.registered) for name, case in CASES.items()}
    wrong, compared = disagreements(rows, observed["cases"], kind)
    assert len(CASES) >= 150
    assert compared == len(CASES) * len(WIDELY) > 14_000
    assert not wrong, "\n".join(wrong)


def test_made_calls(observed: dict[str, Any]) -> None:
    """A value trains as meant where it is strictly well formed and its rendering is that of the bare JSON."""

    def kind(value: str, template: str) -> str:
        found = observed["calls"][value][template]
        if found["kind"] != "rendered":
            return str(found["kind"])
        meaning = made.says(value, template_named(template).thought_words)
        if meaning is None or (meaning.has_text_arguments and template == "gemma4"):
            return "alters"
        bare = observed["bare"][meaning.calls][template]
        # A thought in front keeps the empty one away that reasoning templates add to the bare call; and one inside
        # the bare call is cut out of it, while a block protects it.
        is_other = meaning.front or template_named(template).thought_words[0] in meaning.calls
        same = bare["kind"] != "rendered" or is_other or found == bare
        texts = [text for text in meaning.strings if json.dumps(text, ensure_ascii=False)[1:-1] == text]
        kept = all(text in found["trained"] for text in texts) and in_order(
            found["trained"], [meaning.front, *calls_of(meaning)]
        )
        return "trains" if same and kept else "alters"

    rows = {value: (asked(value), SHAREGPT) for value in observed["calls"]}
    wrong, compared = disagreements(rows, observed["calls"], kind)
    assert compared >= 300 * len(TEMPLATES)
    assert not wrong, "\n".join(wrong[:40])


def calls_of(meaning: made.Says) -> list[str]:
    """The names of the calls, in order."""
    found = json.loads(meaning.calls)
    return [str(call["name"]) for call in (found if isinstance(found, list) else [found])]


def test_made_tools(observed: dict[str, Any]) -> None:
    """A list trains as meant where no key stands twice, no tool is lost, and an empty one changes nothing."""

    def kind(value: str, template: str) -> str:
        found = observed["tools"][value][template]
        if found["kind"] != "rendered":
            return str(found["kind"])
        if template == "phi4_mini":  # pastes the text
            return "alters" if value in ("[]", "{}") else "trains"
        decoded = json.loads(value)
        if len(decoded) == 0:
            return "trains" if found == observed["tools"][""][template] else "alters"
        if "minimax" in template and any("function" not in tool and tool.get("type") == "function" for tool in decoded):
            return "alters"
        return "trains" if keys_once(value) else "alters"

    rows = {value: (toolless(value), SHAREGPT) for value in observed["tools"] if value}
    wrong, compared = disagreements(rows, observed["tools"], kind)
    assert compared >= 300 * len(TEMPLATES)
    assert not wrong, "\n".join(wrong[:40])


def keys_once(text: str) -> bool:
    twice: list[bool] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.append(len(dict(items)) != len(items))
        return dict(items)

    json.loads(text, object_pairs_hook=pairs)
    return not any(twice)
