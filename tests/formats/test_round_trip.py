"""Every format keeps what it says it holds: what is written is read back, less the traits that the format lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import (
    AnyMessage,
    Assistant,
    Call,
    Conversation,
    Origin,
    Result,
    System,
    Tool,
    User,
)
from toolcall_data.formats._written_calls import thinking_of, written_calls
from toolcall_data.formats.base import Format, Trait, formats
from toolcall_data.formats.losses import KINDS, erase, losses, lowered

WRITABLE = sorted(name for name, found in formats().items() if found.is_writable)

FILLED_IN = (Trait.CALL_IDS, Trait.RESULT_NAMES, Trait.TOOL_WRAPPING)
"""What a format may add where a conversation has none of it: OpenAI's messages need ids, Hermes' results names."""

ODD = [
    "\u2028",
    "\u0085",
    "e\u0301",
    "👩‍👩‍👧",
    "🇨🇳",
    "\ufeff",
    "\u200b",
    "\x00",
    "\x1b[31m",
    "\U0010ffff",
    "“”",
    "\\n",
    "'",
    '"',
    "|",
    "\t",
]
WORDS = [
    "北京天气？",
    "1.5 和 15",
    "null",
    '{"a": 1}',
    "Oslo's",
    "a\nb",
    "第一行\n\n第二行",
    "C:\\new",
    "<b>粗</b>",
    "50% & more",
]
EDGES = [" ", "\n", "12", "true", "1.50", "</think>", "<|im_end|>", "<b>", "```", "[]", "{"]
LETTERS = st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"])


def _is_plain(text: str) -> bool:
    """Whether a text is nothing but text: formats that write calls as text cannot hold the markup of a call as text."""
    return text == text.strip() and written_calls(text) is None and thinking_of(text) == (None, text)


TEXT = st.one_of(
    st.text(LETTERS, max_size=12),
    st.lists(st.sampled_from([*ODD, *WORDS]), max_size=4).map("".join),
).filter(_is_plain)
FULL = TEXT.filter(bool)
NAME = st.from_regex(r"[a-z][a-z_]{0,8}[a-z]", fullmatch=True)
# Inside arguments every text is safe, with space around it, with markup in it, and where it reads as a number.
STRINGS = TEXT | st.lists(st.sampled_from([*ODD, *WORDS, *EDGES]), max_size=3).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(NAME | st.sampled_from(["城市", "from", "a b"]), VALUES, max_size=3)
EXTRA = st.dictionaries(st.sampled_from(["note", "分数", "source_id"]), VALUES, max_size=2)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Conversations with any mix of traits: each is either nowhere or anywhere in one."""
    has = {trait: draw(st.booleans()) for trait in Trait}
    tools = tuple(draw(st.lists(_tools(has), max_size=2, unique_by=lambda tool: tool.name)))
    messages: list[AnyMessage] = []
    for turn in range(draw(st.integers(1, 3 if has[Trait.SEVERAL_TURNS] else 1))):
        if turn and has[Trait.LATER_SYSTEM] and draw(st.booleans()):
            messages.append(System(role="system", text=draw(FULL)))
        messages.append(User(role="user", text=draw(FULL), extra=_extra(draw, has)))
        for step in range(draw(st.integers(0, 2)) if has[Trait.CALLS] else 0):
            messages += draw(_steps(has, f"call_{turn}_{step}"))
        if has[Trait.ANY_ORDER] and draw(st.booleans()):
            messages.append(User(role="user", text=draw(FULL)))
        messages.append(_said(draw, has, ()))
    return Conversation(
        messages=tuple(messages),
        system=draw(FULL) if has[Trait.SYSTEM] else None,
        tools=tools if has[Trait.TOOLS] else (),
        extra=draw(EXTRA) if has[Trait.ROW_FIELDS] else {},
    )


@st.composite
def _tools(draw: st.DrawFn, has: dict[Trait, bool]) -> Tool:
    properties = draw(st.dictionaries(NAME, st.just({"type": "string", "description": "说明"}), max_size=2))
    definition = {
        "name": draw(NAME),
        "description": draw(FULL),
        "parameters": {"type": "object", "properties": properties, "required": sorted(properties)[:1]},
    }
    if has[Trait.TOOL_FIELDS]:
        definition |= draw(st.sampled_from([{"strict": True}, {"返回": {"type": "string"}}, {"outputSchema": {}}]))
    return Tool(raw={"type": "function", "function": definition} if has[Trait.TOOL_WRAPPING] else definition)


@st.composite
def _steps(draw: st.DrawFn, has: dict[Trait, bool], number: str) -> list[AnyMessage]:
    """A message with calls, and the results of all of them or of none."""
    calls = tuple(
        Call(
            name=draw(NAME),
            arguments=draw(ARGUMENTS),
            id=f"{number}_{index}" if has[Trait.CALL_IDS] else None,
            extra=draw(EXTRA) if has[Trait.CALL_FIELDS] else {},
        )
        for index in range(draw(st.integers(1, 3 if has[Trait.SEVERAL_CALLS] else 1)))
    )
    results = [
        Result(
            role="tool",
            content=draw(FULL | VALUES.map(encode)),
            call_id=call.id,
            name=call.name if has[Trait.RESULT_NAMES] else None,
            is_error=draw(st.sampled_from([None, True])) if has[Trait.RESULT_ERRORS] else None,
            extra=_extra(draw, has),
        )
        for call in calls
        if has[Trait.RESULTS]
    ]
    return [_said(draw, has, calls), *results]


def _said(draw: st.DrawFn, has: dict[Trait, bool], calls: tuple[Call, ...]) -> Assistant:
    may_say = has[Trait.TEXT_BESIDE_CALL] or not calls
    may_think = has[Trait.THINKING_BESIDE_CALL] if calls else has[Trait.THINKING]
    return Assistant(
        role="assistant",
        text=draw(TEXT if calls else FULL) if may_say else "",
        thinking=draw(st.none() | FULL) if may_think else None,
        calls=calls,
        weight=draw(st.sampled_from([None, 0, 1])) if has[Trait.WEIGHTS] else None,
        extra=_extra(draw, has),
    )


def _extra(draw: st.DrawFn, has: dict[Trait, bool]) -> dict[str, Any]:
    return draw(EXTRA) if has[Trait.MESSAGE_FIELDS] else {}


def content(conversation: Conversation) -> Any:
    """What a conversation holds, without places, without how its calls and tools were spelled."""
    found = json.loads(to_json(conversation.model_copy(update={"tools_text": None}), with_origin=False))
    found.pop("tools_only", None)
    for message in found.get("messages", []):
        for call in message.get("calls", []):
            call.pop("raw", None)
    return without_empty(found)


def without_empty(value: Any) -> Any:
    """The fields of a dump that say something: reading may set one to its default that making left unset."""
    found = {key: item for key, item in value.items() if item not in (None, "", [], {})}
    for key in ("messages", "calls"):
        if key in found:
            found[key] = [without_empty(item) for item in found[key]]
    return found


def through_json(target: Format, conversation: Conversation) -> Conversation:
    """The conversation written into a data file and read out of it."""
    return target.read(json.loads(encode(target.write(conversation))), Origin())


@pytest.mark.parametrize("name", WRITABLE)
@settings(max_examples=25)
@given(conversation=conversations())
def test_what_a_format_holds_comes_back(name: str, conversation: Conversation) -> None:
    target = formats()[name]()
    whole, _ = lowered(conversation, target)
    assume(whole.messages)
    again = through_json(target, whole)
    assert again.problems == ()
    added = [trait for trait in FILLED_IN if not KINDS[trait].places(whole)]
    assert content(erase(again, added)) == content(erase(whole, added))


@given(conversation=conversations())
def test_erasing_a_trait_leaves_none_of_it(conversation: Conversation) -> None:
    for trait, kind in KINDS.items():
        left = erase(conversation, [trait])
        assert kind.places(left) == []
        assert erase(left, [trait]) == left
        if not kind.places(conversation):
            assert left == conversation


@given(conversation=conversations())
def test_losses_are_the_traits_that_are_there_and_not_held(conversation: Conversation) -> None:
    assert set(KINDS) == set(Trait)
    for name in WRITABLE:
        lost = {loss.trait for loss in losses(conversation, formats()[name])}
        assert not lost & formats()[name].holds
        assert lost or lowered(conversation, formats()[name])[0] == conversation
