"""Verdicts as a user gets them: what happens, why, where, and what is trained instead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.target import made
from tests.target.defects import ALPACA, CASES, GOOD, ONE, OPENAI, SHAREGPT, alpaca, asked, offered, said, without
from toolcall_data.conversation.model import Origin
from toolcall_data.formats.sharegpt import Columns, ShareGPT, Tags
from toolcall_data.target.plain import is_plain
from toolcall_data.target.registration import SHAREGPT as OURS
from toolcall_data.target.registration import readable_by_llamafactory, registered, registration_for
from toolcall_data.target.templates import Template, recorded
from toolcall_data.target.verdict import Verdicts, verdict

TEMPLATES = recorded()[1]
SHOWN = (
    "qwen3",
    "qwen3_5_nothink",
    "llama3",
    "glm4",
    "glm4_moe",
    "mistral",
    "default",
    "gemma4",
    "minimax2",
    "lfm2",
    "hy3",
)


@pytest.mark.parametrize(
    ("case", "template", "kind", "said", "at"),
    [
        ("good", "qwen3", "trains", "", ""),
        (
            "thought_no_breaks",
            "qwen3",
            "aborts",
            "thinking before a call must stand in exactly",
            "/conversations/1/value",
        ),
        ("thought_no_breaks", "hy3", "trains", "", ""),
        ("thought", "mistral", "aborts", "the template `mistral` reads bare JSON only", "/conversations/1/value"),
        ("two_blocks", "qwen3", "alters", "several `<tool_call>` blocks", "/conversations/1/value"),
        ("arguments_text", "qwen3", "alters", "encoded once more", "/conversations/1/value"),
        ("arguments_text", "glm4_moe", "aborts", "prints the keys of an object", "/conversations/1/value"),
        ("good_parallel", "glm4", "aborts", "exactly one call a turn", "/conversations/1/value"),
        ("tools_empty_list", "qwen3", "alters", "an empty string means none", "/tools"),
        ("tools_empty_list", "qwen", "trains", "", ""),
        ("tool_no_parameters", "default", "aborts", "tool 1 has no `parameters`", "/tools"),
        (
            "two_calls",
            "qwen3",
            "drops",
            "turn 3 is `function_call` where `human` or `observation` must be",
            "/conversations/2",
        ),
        ("role_upper", "qwen3", "drops", "the role `Human` is none of `human`", "/conversations/0"),
        ("ends_on_human", "qwen3", "drops", "an odd number of turns, 3", "/conversations/2/value"),
        ("system_twice", "qwen3", "alters", "two system prompts", "/system"),
        ("index", "qwen3", "alters", "LLaMA-Factory's own placeholder", "/conversations/0/value"),
        ("image_word", "qwen3_5", "aborts", "the texts hold `<image>` 1 times", ""),
        ("messages_null", "qwen3", "aborts", "no `conversations`", "/conversations"),
        ("alpaca_output_list", "qwen3", "drops", "`output` is array", "/output"),
    ],
)
def test_cause_and_place(case: str, template: str, kind: str, said: str, at: str) -> None:
    found = verdict(CASES[case].row, registered(CASES[case].registered), TEMPLATES[template])
    assert (found.kind, found.at) == (kind, at)
    assert said in found.cause
    assert bool(found.cause) == bool(found.cause.zh) == (kind != "trains")
    assert bool(found.error) == (kind == "aborts")
    assert bool(found.trained) == (kind == "alters")


def test_trained_shows_what_is_learned() -> None:
    found = verdict(CASES["arguments_text"].row, OURS, TEMPLATES["qwen3"])
    assert found.trained == '{"name": "get_tide", "arguments": "{\\"port\\": \\"青岛\\"}"}'


def test_every_cause_is_said_in_both_languages() -> None:
    seen = set()
    for case in CASES.values():
        for name in SHOWN:
            found = verdict(case.row, registered(case.registered), TEMPLATES[name])
            seen.add(found.kind)
            assert (found.cause == "") == (found.cause.zh == "")
            assert found.cause.isascii() or not any("一" <= letter <= "鿿" for letter in found.cause.split("`")[0])
    assert seen == {"trains", "drops", "aborts", "alters"}


@pytest.mark.parametrize("row", [None, 5, "x", [], [{}], True])
def test_a_row_that_is_no_object_aborts(row: Any) -> None:
    assert verdict(row, OURS, TEMPLATES["qwen3"]).kind == "aborts"


def test_deep_values_end_in_a_verdict() -> None:
    deep: Any = "x"
    for _ in range(2000):
        deep = [deep]
    qwen3 = TEMPLATES["qwen3"]
    for row in (asked("[" * 100_000), offered("[" * 100_000), said(("human", deep), ("gpt", "答"))):
        assert verdict(row, OURS, qwen3).error.startswith("RecursionError: ")
    assert verdict(asked(deep), OURS, qwen3).kind == verdict(offered(deep), OURS, qwen3).kind == "aborts"


def test_reading_first_changes_no_verdict() -> None:
    """The quick yes is never said of a row that does not train, and is said of those that are as they should be."""
    values = made.some(made.calls(), 150)
    lists = made.some(made.tools(), 150)
    rows = [case.row for case in CASES.values() if case.registered == SHAREGPT]
    rows += [asked(value) for value in values] + [offered(value) for value in lists]
    sharegpt = ShareGPT(Columns(), Tags())
    quick = 0
    for row in rows:
        conversation = sharegpt.read(row, Origin())
        for name in SHOWN:
            if is_plain(conversation, row, OURS, TEMPLATES[name]):
                quick += 1
                assert verdict(row, OURS, TEMPLATES[name]).kind == "trains", (name, row)
    assert quick > 300


@pytest.mark.parametrize(
    "name", ["good", "good_no_system", "good_parallel", "good_wrapped_tools", "good_led_by_system"]
)
def test_quick_yes_for_well_formed_rows(name: str) -> None:
    row = CASES[name].row
    assert is_plain(ShareGPT().read(row, Origin()), row, OURS, TEMPLATES["qwen3"])


def files(template: Template, rows: list[Any], entry: Any) -> Any:
    verdicts = Verdicts(registered(entry), template)
    for row in rows:
        verdicts.of(row)
    return verdicts.whole()


@pytest.mark.parametrize(
    ("rows", "entry", "error"),
    [
        ([alpaca(), without(alpaca(), "input")], ALPACA, None),
        ([without(alpaca(), "input")] * 2, ALPACA, "KeyError: 'input'"),
        (
            [asked(ONE)],
            {**SHAREGPT, "columns": {"messages": "conversations", "tools": "functions"}},
            "KeyError: 'functions'",
        ),
        ([without(asked(ONE), "conversations")], SHAREGPT, "KeyError: 'conversations'"),
        ([GOOD["openai"]], without(OPENAI, "tags"), None),
        ([said(("user", "问"), ("assistant", "答"))], SHAREGPT, "RuntimeError: Cannot find valid samples"),
        ([said(("user", "问"), ("assistant", "答")), asked(ONE)], SHAREGPT, None),
        (
            [{"conversations": [{"role": "user", "content": "问"}], "system": "", "tools": ""}],
            SHAREGPT,
            "KeyError: 'from'",
        ),
        ([], SHAREGPT, None),
    ],
)
def test_whole_files(rows: list[Any], entry: Any, error: str | None) -> None:
    found = files(TEMPLATES["qwen3"], rows, entry)
    assert (found is None) == (error is None)
    assert error is None or found.error.startswith(error)


def test_registration_without_entry_names_the_columns_found() -> None:
    assert registration_for("sharegpt", {"messages", "tools"}).messages == "messages"
    assert registration_for("sharegpt", {"conversations"}).tools is None
    assert registration_for("alpaca", {"instruction", "output"}).query is None
    assert registration_for("alpaca", {"instruction", "input", "output", "history"}).history == "history"
    assert registration_for("openai", {"messages"}) == OURS


def test_a_partial_block_leaves_the_rest_out() -> None:
    found = registered(
        {"formatting": "sharegpt", "columns": {"messages": "conversations"}, "tags": {"role_tag": "from"}}
    )
    assert (found.tools, found.content_tag, found.function_tag) == (None, None, None)


def test_which_formats_are_read_as_they_stand() -> None:
    assert [name for name in ("alpaca", "openai", "sharegpt", "xlam") if readable_by_llamafactory(name)] == [
        "alpaca",
        "sharegpt",
    ]
