"""What each trait is called, where a row has it, and what is left of a row that loses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Assistant, Conversation, Origin, Result
from toolcall_data.formats.base import Format, Trait, formats
from toolcall_data.formats.losses import KINDS, erase, losses, lowered

TOOL = {
    "type": "function",
    "function": {
        "name": "w",
        "description": "气温",
        "parameters": {"type": "object", "properties": {}},
        "strict": True,
    },
}


def call(number: str, **arguments: Any) -> dict[str, Any]:
    return {"id": number, "type": "function", "function": {"name": "w", "arguments": encode(arguments)}}


def result(number: str, content: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": number, "content": content}


ROW: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "简短"},
        {"role": "assistant", "content": "你好，有什么事？"},
        {"role": "user", "content": "奥斯陆和罗马？"},
        {
            "role": "assistant",
            "content": "我查一下",
            "reasoning_content": "两次",
            "tool_calls": [call("a", city="Oslo", zip="0150"), call("b", city="Rome")],
        },
        result("b", "19"),
        result("a", "3"),
        {"role": "system", "content": "用中文"},
        {"role": "assistant", "content": "3 和 19 度", "weight": 1, "score": 5},
    ],
    "tools": [TOOL],
    "parallel_tool_calls": True,
}

PLACES = {
    Trait.SYSTEM: ["/messages/0/content"],
    Trait.ANY_ORDER: ["/messages/1"],
    Trait.TEXT_BESIDE_CALL: ["/messages/3"],
    Trait.THINKING: ["/messages/3"],
    Trait.THINKING_BESIDE_CALL: ["/messages/3"],
    Trait.CALLS: ["/messages/3"],
    Trait.SEVERAL_CALLS: ["/messages/3"],
    Trait.VALUE_TYPES: [],
    Trait.RESULTS: ["/messages/4", "/messages/5"],
    Trait.SEVERAL_RESULTS: ["/messages/5"],
    Trait.LATER_SYSTEM: ["/messages/6"],
    Trait.WEIGHTS: ["/messages/7"],
    Trait.MESSAGE_FIELDS: ["/messages/7/score"],
    Trait.TOOLS: ["/tools"],
    Trait.TOOL_WRAPPING: ["/tools/0"],
    Trait.TOOL_FIELDS: ["/tools/0/strict"],
    Trait.ROW_FIELDS: ["/parallel_tool_calls"],
    Trait.MALFORMED: [],
    Trait.CALL_SPELLING: [],
}


def read(row: dict[str, Any]) -> Conversation:
    return formats()["openai"]().read(row, Origin())


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [
        (message.role, message.content if isinstance(message, Result) else getattr(message, "text", ""))
        for message in conversation.messages
    ]


def test_every_trait_has_a_name_in_two_languages_and_a_number_of_the_list() -> None:
    assert set(KINDS) == set(Trait)
    numbers = {number for kind in KINDS.values() if kind.number for number in kind.number.split(", ")}
    assert numbers == {f"L{number}" for number in range(1, 13)}
    assert all(kind.name and kind.name.zh != str(kind.name) for kind in KINDS.values())


@pytest.mark.parametrize("trait", PLACES, ids=lambda trait: trait.value)
def test_places(trait: Trait) -> None:
    conversation = read(ROW)
    assert KINDS[trait].places(conversation) == PLACES[trait]
    if trait is not Trait.TOOL_FIELDS:
        for at in PLACES[trait]:
            follow(ROW, at)


def test_results_without_ids_stand_in_the_order_of_their_calls() -> None:
    left = erase(read(ROW), [Trait.CALL_IDS])
    assert [content for role, content in said(left) if role == "tool"] == ["3", "19"]
    assert not KINDS[Trait.CALL_IDS].places(left)


def test_parallel_calls_become_one_after_another_each_with_its_result() -> None:
    left = erase(read(ROW), [Trait.SEVERAL_CALLS])
    assert [role for role, _ in said(left)][1:6] == ["user", "assistant", "tool", "assistant", "tool"]
    assert [content for role, content in said(left) if role == "tool"] == ["3", "19"]
    first, second = [message for message in left.messages if isinstance(message, Assistant) and message.calls]
    assert (first.text, first.thinking, second.text, second.thinking) == ("我查一下", "两次", "", None)


def test_what_the_trainer_needs_is_what_is_left_for_sharegpt() -> None:
    whole, lost = lowered(read(ROW), formats()["sharegpt"])
    assert said(whole) == [
        ("user", "奥斯陆和罗马？"),
        ("assistant", "我查一下"),
        ("tool", "[3, 19]"),
        ("assistant", "3 和 19 度"),
    ]
    assert {loss.trait for loss in lost} == {
        Trait.ANY_ORDER,
        Trait.LATER_SYSTEM,
        Trait.SEVERAL_RESULTS,
        Trait.CALL_IDS,
        Trait.WEIGHTS,
    }


def test_nothing_is_counted_twice() -> None:
    """Alpaca holds no calls: their ids, their thinking and their number go with them."""
    lost = [loss.trait for loss in losses(read(ROW), formats()["alpaca"])]
    assert {Trait.CALLS, Trait.RESULTS} <= set(lost)
    assert not {Trait.CALL_IDS, Trait.SEVERAL_CALLS, Trait.SEVERAL_RESULTS} & set(lost)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("uua", ["user: 1\n\n2", "assistant: 3"]),
        ("uaa", ["user: 1", "assistant: 2\n\n3"]),
        ("aua", ["user: 2", "assistant: 3"]),
        ("uau", ["user: 1", "assistant: 2"]),
        ("uauu", ["user: 1", "assistant: 2"]),
        ("au", []),
        ("utua", ["user: 1\n\n2\n\n3", "assistant: 4"]),
    ],
)
def test_messages_out_of_turn_are_joined_or_cut_off(before: str, after: list[str]) -> None:
    roles = {"u": "user", "a": "assistant", "t": "tool"}
    messages = [{"role": roles[letter], "content": str(index)} for index, letter in enumerate(before, 1)]
    left = erase(read({"messages": messages}), [Trait.ANY_ORDER])
    assert [f"{role}: {text}" for role, text in said(left)] == after
    assert not KINDS[Trait.ANY_ORDER].places(left)


def with_arguments(text: str) -> Conversation:
    found = {"id": "a", "type": "function", "function": {"name": "w", "arguments": text}}
    return read({"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "tool_calls": [found]}]})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": NaN, "b": [Infinity, 1.5]}', {"a": None, "b": [None, 1.5]}),
        ('"{\\"a\\": 1}"', {"a": 1}),
    ],
)
def test_spelling_that_is_lost_leaves_the_value(text: str, left: Any) -> None:
    conversation = with_arguments(text)
    assert len(KINDS[Trait.CALL_SPELLING].places(conversation)) == 1
    again = erase(conversation, [Trait.CALL_SPELLING])
    assert again.calls[0].arguments == left
    assert json.loads(again.calls[0].raw) == left
    assert not KINDS[Trait.CALL_SPELLING].places(again)


def test_types_that_are_lost_become_what_the_text_reads_as() -> None:
    conversation = with_arguments(encode({"a": "12", "b": "true", "c": "十", "d": "1.50", "e": "[1]", "f": "NaN"}))
    assert len(KINDS[Trait.VALUE_TYPES].places(conversation)) == 1
    left = erase(conversation, [Trait.VALUE_TYPES]).calls[0].arguments
    assert left == {"a": 12, "b": True, "c": "十", "d": 1.5, "e": [1], "f": "NaN"}


@pytest.mark.parametrize("text", ["{", "[1]", "null", "3"])
def test_a_call_without_an_object_of_arguments_is_malformed(text: str) -> None:
    assert KINDS[Trait.MALFORMED].places(with_arguments(text)) == ["/messages/1/tool_calls/0/function/arguments"]


DATA = Path(__file__).parents[2].parent / "shared" / "data"
GLAIVE = "glaive_toolcall_zh_demo.json"


@pytest.mark.parametrize("name", sorted(name for name, found in formats().items() if found.is_writable))
def test_real_rows_go_through_every_format_and_lose_what_it_declares(name: str) -> None:
    path = DATA / GLAIVE
    if not path.exists():
        pytest.skip(f"{path} is not here: the published rows are no part of the project")
    there, back, seen = formats()[name](), formats()["sharegpt"](), 0
    for row in json.loads(path.read_text(encoding="utf-8")):
        whole, _ = lowered(formats()["sharegpt"]().read(row, Origin()), there)
        if not whole.messages:
            continue
        seen += 1
        again = there.read(json.loads(encode(there.write(whole))), Origin())
        assert rows_of(back, again) == rows_of(back, whole)
    assert seen > 250


def rows_of(back: Format, conversation: Conversation) -> dict[str, Any]:
    """The conversation as a sharegpt row, its tools as values: formats wrap them or not."""
    row = back.write(erase(lowered(conversation, back)[0], [Trait.TOOL_WRAPPING]))
    return {**row, "tools": json.loads(row["tools"] or "[]")}
