"""Every format: its example, its losses, and rows that come back as they went."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.canonical import from_json, to_json
from toolcall_data.conversation.fingerprint import content_key
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, Assistant, Call, Conversation, Message, Origin, Result, Tool, User
from toolcall_data.formats.base import Format, formats, recognise
from toolcall_data.rules._checker import Checker
from toolcall_data.rules.base import Severity

NAMES = sorted(formats())


def read(name: str | Format, row: dict[str, Any]) -> Conversation:
    found = formats()[name]() if isinstance(name, str) else name
    return found.read(row, Origin())


def content(conversation: Conversation) -> Any:
    """What a conversation holds, the places where it was found left out."""
    return json.loads(to_json(conversation, with_origin=False))


def test_the_formats_of_this_release_are_found() -> None:
    assert {"sharegpt", "alpaca", "openai"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_example_is_recognised_sound_and_comes_back(name: str) -> None:
    example = formats()[name].example
    found = recognise([example])
    assert found is not None
    assert (found.name, found.matched, found.looked_at) == (name, 1, 1)
    assert found.reason
    before = copy.deepcopy(example)
    conversation = read(name, example)
    wrong = [finding for finding in Checker().check(conversation) if finding.severity is Severity.ERROR]
    assert [finding for finding in wrong if finding.fix != "safe"] == [], "what a shape is known for has a safe fix"
    if formats()[name].is_writable:
        written = formats()[name]().write(conversation)
        assert content(read(name, written)) == content(conversation)
    assert example == before, "reading or writing changed the row"


@pytest.mark.parametrize("name", NAMES)
def test_every_format_describes_itself(name: str) -> None:
    found = formats()[name]
    assert found.name == name
    assert found.title
    assert all(found.loses)


@pytest.mark.parametrize("name", ["sharegpt", "openai", "alpaca"])
def test_samples_come_back(name: str, sample_rows: dict[str, list[dict[str, Any]]]) -> None:
    for row in sample_rows[name]:
        _comes_back(name, row)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("sharegpt", "glaive_toolcall_zh_demo.json"),
        ("alpaca", "alpaca_zh_demo.json"),
        ("alpaca", "oaast_sft_zh.json"),
        ("alpaca", "identity.json"),
    ],
)
def test_published_rows_come_back(name: str, file: str, real_data: Path) -> None:
    rows = json.loads((real_data / file).read_text(encoding="utf-8"))
    assert len(rows) > 50
    for row in rows:
        _comes_back(name, row)


def _without_ids(message: Message) -> dict[str, Any]:
    """A message without what writing may fill in (ids) and without how its calls were spaced."""
    found = message.model_dump(exclude={"call_id": True, "calls": {"__all__": {"id", "raw"}}})
    assert found
    return found


def _comes_back(name: str, row: dict[str, Any]) -> None:
    """Writing what was read and reading it again gives the same; a second time, the same bytes."""
    found = recognise([row])
    assert found is not None
    assert name in (found.name, formats()[found.name].extends)
    conversation = read(name, row)
    written = formats()[name]().write(conversation)
    again = read(name, written)
    assert [_without_ids(message) for message in again.messages] == [
        _without_ids(message) for message in conversation.messages
    ]
    given = [call.id for call in conversation.calls]
    assert [call.id for call, before in zip(again.calls, given, strict=True) if before] == [*filter(None, given)]
    assert [tool.definition for tool in again.tools] == [tool.definition for tool in conversation.tools]
    assert (again.system or "") == (conversation.system or "")
    assert again.extra == conversation.extra
    assert formats()[name]().write(again) == written


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_row_holds_reading_and_writing_never_fail(name: str) -> None:
    for row in _strange_rows(formats()[name].example):
        conversation = read(name, row)
        assert content(from_json(to_json(conversation))) == content(conversation)
        if formats()[name].is_writable:
            json.dumps(formats()[name]().write(conversation))
        Checker().check(conversation)


def _strange_rows(example: dict[str, JSON]) -> list[dict[str, Any]]:
    """The example with every value in it replaced, one at a time, by each kind of JSON."""
    strange: tuple[Any, ...] = (None, True, 0, 1.5, "", "文", [], [[]], [1], {}, {"a": 1}, [None], [{}])
    rows: list[dict[str, Any]] = [{}]
    for path in _paths(example):
        for value in strange:
            row = copy.deepcopy(example)
            node: Any = row
            for part in path[:-1]:
                node = node[part]
            node[path[-1]] = value
            rows.append(row)
    assert len(rows) > 20
    return rows


def _paths(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path for key, value in items for path in ((*at, key), *_paths(value, (*at, key)))]


ODD = [
    "\u2028",
    "\u2029",
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
    "\\u0041",
]
TEXT = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(
        ["北京天气？", "1.5 和 15", "<think>想</think>", "<tool_call>{}</tool_call>", "[]", "null", '{"a": 1}']
    ),
    st.lists(st.sampled_from(ODD), max_size=4).map("".join),
)
# LLaMA-Factory cuts a call turn at these tags wherever they stand, and so do we: what is said here holds none.
SAID = TEXT.filter(lambda text: "<think>" not in text and "<tool_call>" not in text)
NAME = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
ARGUMENTS = st.dictionaries(
    SAID,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | SAID,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SAID, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@st.composite
def tool_chats(draw: st.DrawFn) -> Conversation:
    """A conversation of one to three turns, with thinking, and with steps of one or several calls and their results."""
    messages: list[User | Assistant | Result] = []
    for number in range(draw(st.integers(1, 3))):
        messages.append(User(role="user", text=draw(TEXT)))
        for step in range(draw(st.integers(0, 2))):
            calls = tuple(
                Call(name=draw(NAME), arguments=draw(ARGUMENTS), id=f"c{number}_{step}_{index}")
                for index in range(draw(st.integers(1, 3)))
            )
            messages.append(Assistant(role="assistant", thinking=draw(st.none() | SAID), calls=calls, text=draw(SAID)))
            messages += [Result(role="tool", content=draw(TEXT), call_id=call.id) for call in calls]
        messages.append(Assistant(role="assistant", text=draw(SAID), thinking=draw(st.none() | SAID)))
    tools = tuple(Tool(raw={"name": name, "parameters": {}}) for name in draw(st.lists(NAME, max_size=2)))
    return Conversation(messages=tuple(messages), system=draw(st.none() | TEXT), tools=tools)


def spoken(conversation: Conversation, *, links: bool, edges: bool = True) -> list[Any]:
    """The messages as plain values; `links` are call ids, `edges` the line breaks around text beside calls."""
    found: list[Any] = []
    for message in conversation.messages:
        if isinstance(message, Assistant):
            calls = [(call.name, call.arguments, call.id if links else None) for call in message.calls]
            text = message.text.strip("\n") if calls and not edges else message.text
            found.append((message.role, text, message.thinking, calls))
        elif isinstance(message, Result):
            found.append((message.role, message.content, message.call_id if links else None))
        else:
            assert isinstance(message, User)
            found.append((message.role, message.text))
    return found


def through_json(row: dict[str, Any]) -> dict[str, Any]:
    """The row as a data file would give it back."""
    found: dict[str, Any] = json.loads(encode(row))
    return found


@given(tool_chats())
def test_openai_keeps_every_conversation(conversation: Conversation) -> None:
    again = read("openai", through_json(formats()["openai"]().write(conversation)))
    assert spoken(again, links=True) == spoken(conversation, links=True)
    assert (again.system or "") == (conversation.system or "")
    assert [tool.definition for tool in again.tools] == [tool.raw for tool in conversation.tools]


@given(tool_chats())
def test_sharegpt_keeps_all_but_its_declared_losses(conversation: Conversation) -> None:
    row = through_json(formats()["sharegpt"]().write(conversation))
    assert all(isinstance(turn["value"], str) for turn in row["conversations"])
    assert isinstance(row["system"], str)
    assert isinstance(row["tools"], str)
    again = read("sharegpt", row)
    assert spoken(again, links=False, edges=False) == spoken(conversation, links=False, edges=False)
    assert (again.system or "") == (conversation.system or "")
    assert [tool.raw for tool in again.tools] == [tool.raw for tool in conversation.tools]


@given(tool_chats())
def test_canonical_json_is_one_line_and_comes_back(conversation: Conversation) -> None:
    text = to_json(conversation)
    assert b"\n" not in text
    assert from_json(text) == conversation
    assert content_key(from_json(text)) == content_key(conversation)


@st.composite
def plain_chats(draw: st.DrawFn) -> Conversation:
    messages: list[User | Assistant] = []
    for _ in range(draw(st.integers(1, 4))):
        messages += [User(role="user", text=draw(TEXT)), Assistant(role="assistant", text=draw(SAID))]
    return Conversation(messages=tuple(messages), system=draw(TEXT))


@given(plain_chats())
def test_alpaca_keeps_plain_chat(conversation: Conversation) -> None:
    again = read("alpaca", through_json(formats()["alpaca"]().write(conversation)))
    assert spoken(again, links=False) == spoken(conversation, links=False)
    assert (again.system or "") == (conversation.system or "")


@given(prompt=TEXT, query=TEXT, answer=SAID)
def test_alpaca_parts_instruction_and_input_again(prompt: str, query: str, answer: str) -> None:
    row = {"instruction": prompt, "input": query, "output": answer}
    written = formats()["alpaca"]().write(read("alpaca", row))
    if prompt:
        assert (written["instruction"], written["input"], written["output"]) == (prompt, query, answer)
    else:
        assert (written["instruction"] + written["input"], written["output"]) == (query, answer)


@given(
    extra=st.dictionaries(NAME.filter(lambda name: name not in {"messages", "tools", "functions"}), st.integers()),
    turn_extra=st.dictionaries(st.sampled_from(["note", "分数"]), TEXT),
)
def test_leftovers_are_kept(extra: dict[str, int], turn_extra: dict[str, str]) -> None:
    messages = [{"role": "user", "content": "你好", **turn_extra}, {"role": "assistant", "content": "好"}]
    written = formats()["openai"]().write(read("openai", {"messages": messages, **extra}))
    assert written == {"messages": messages, **extra}
