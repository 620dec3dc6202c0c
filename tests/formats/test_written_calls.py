"""Calls written as text: what each notation says, what is no call, and that no text breaks the reader."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Assistant, Call, Conversation, Origin, Tool, User
from toolcall_data.formats._python_calls import python_calls, python_list
from toolcall_data.formats._text_steps import call_blocks
from toolcall_data.formats._written_calls import NOTATIONS, Notation, Written, known_tools, listed_calls, written_calls
from toolcall_data.formats.base import formats

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "on": {}}}
KNOWN = known_tools(
    [Tool(raw={"name": name, "parameters": WEATHER}) for name in ("get_weather", "City Weather", "News/Top")]
)


def read(text: str, **more: Any) -> Written:
    found = written_calls(text, KNOWN, at="/conversations/1/value", **more)
    assert found is not None
    return found


def pairs(found: Written) -> list[tuple[str | None, Any]]:
    assert all(call.error is None for call in found.calls)
    return [(call.name, call.arguments) for call in found.calls]


WEATHER_CALL = '{"name": "get_weather", "arguments": {"city": "北京"}}'
ONE = [("get_weather", {"city": "北京"})]


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("tool_call", f"<tool_call>\n{WEATHER_CALL}\n</tool_call>"),
        ("tool_call", f"<tool_call>{WEATHER_CALL}"),
        ("tool_call", "<tool_call>\n{'name': 'get_weather', 'arguments': {'city': '北京'}}\n</tool_call>"),
        ("xml", "<tool_call>\n<function=get_weather>\n<parameter=city>\n北京\n</parameter>\n</function>\n</tool_call>"),
        ("xml", "<function=get_weather><parameter=city>北京</parameter></function>"),
        ("xml", '<function=get_weather>{"city": "北京"}</function>'),
        ("xml", "<tool_call><function=get_weather><parameter=city>北京</function></tool_call>"),
        ("react", 'Action: get_weather\nAction Input: {"city": "北京"}'),
        ("react", "Action: get_weather\nAction Input: {'city': '北京'}\n"),
        ("functioncall", '<functioncall> {"name": "get_weather", "arguments": \'{"city": "北京"}\'}'),
        ("functioncall", '<functioncall> {"name": "get_weather", "arguments": {"city": "北京"}}'),
        ("functioncall", '<functioncall> {"arguments": \'{"city": "北京"}\', "name": "get_weather"}'),
        ("toolcall", f"<TOOLCALL>[{WEATHER_CALL}]</TOOLCALL>"),
        ("call", f"<call>[{WEATHER_CALL}]</call>"),
        ("mistral", f"[TOOL_CALLS] [{WEATHER_CALL}]</s>"),
        ("python", '[get_weather(city="北京")]'),
        ("python", "[get_weather(city='北京',)]"),
        ("llama3", '{"name": "get_weather", "parameters": {"city": "北京"}}'),
        ("llama3", f"[{WEATHER_CALL}]"),
    ],
)
def test_each_notation_is_read(notation: str, text: str) -> None:
    found = read(text)
    assert found.notation == notation
    assert pairs(found) == ONE
    assert (found.text, found.thinking) == ("", None)
    assert {call.at for call in found.calls} == {"/conversations/1/value"}
    assert all((call.raw and call.raw in text) or notation == "llama3" for call in found.calls)


@pytest.mark.parametrize(
    "text",
    [
        f"<tool_call>\n{WEATHER_CALL}\n</tool_call>\n<tool_call>\n{WEATHER_CALL}\n</tool_call>",
        f"<tool_call>\n{WEATHER_CALL}\n<tool_call>\n{WEATHER_CALL}",
        f"<tool_call>[{WEATHER_CALL}, {WEATHER_CALL}]</tool_call>",
        "<tool_call><function=get_weather><parameter=city>北京</parameter></function></tool_call>\n" * 2,
        'Action: get_weather\nAction Input: {"city": "北京"}\n' * 2,
        '<functioncall> {"name": "get_weather", "arguments": \'{"city": "北京"}\'}\n' * 2,
        f"<TOOLCALL>[{WEATHER_CALL}, {WEATHER_CALL}]</TOOLCALL>",
        f"<call>[\n{WEATHER_CALL},\n{WEATHER_CALL}\n]</call>",
        f"[TOOL_CALLS] [{WEATHER_CALL}, {WEATHER_CALL}]",
        '[get_weather(city="北京"), get_weather(city="北京")]',
    ],
)
def test_parallel_calls(text: str) -> None:
    assert pairs(read(text)) == ONE * 2


@pytest.mark.parametrize(
    ("text", "thinking", "said"),
    [
        (f"我来查。\n<tool_call>\n{WEATHER_CALL}\n</tool_call>", None, "我来查。"),
        (f"<think>\n先查\n</think>\n\n我来查。<tool_call>{WEATHER_CALL}</tool_call>", "先查", "我来查。"),
        (f"<scratch_pad>\n先查\n</scratch_pad>\n<tool_call>{WEATHER_CALL}</tool_call>", "先查", ""),
        ('Thought: 先查\nAction: get_weather\nAction Input: {"city": "北京"}', "先查", ""),
        ('好的。\n[get_weather(city="北京")]', None, "好的。"),
        ('好的。<functioncall> {"name": "get_weather", "arguments": \'{"city": "北京"}\'} ', None, "好的。"),
        (f"先查。<tool_call>{WEATHER_CALL}</tool_call>再说。", None, "先查。\n再说。"),
        (f"例如 `<tool_call>`。\n<tool_call>{WEATHER_CALL}</tool_call>", None, "例如 `<tool_call>`。"),
    ],
)
def test_what_stands_beside_calls_is_kept(text: str, thinking: str | None, said: str) -> None:
    found = read(text)
    assert pairs(found) == ONE
    assert (found.thinking, found.text) == (thinking, said)


@pytest.mark.parametrize(
    "text",
    [
        f"```\n<tool_call>\n{WEATHER_CALL}\n</tool_call>\n```",
        f"写成 `<tool_call>{WEATHER_CALL}</tool_call>`。",
        f"写成 ``<tool_call>{WEATHER_CALL}</tool_call>``。",
        '```\nAction: get_weather\nAction Input: {"city": "北京"}',
        '```\n[get_weather(city="北京")]',
        "放在 <tool_call> 和 </tool_call> 之间",
        "Action: 打开门\nAction Input: 无",
        '{"name": "张三", "age": 30}',
        '{"name": "unknown", "parameters": {}}',
        '[unknown(city="北京")]',
        "[get_weather(city=北京)]",
        '见 [get_weather(city="北京")] 一节',
        "<function=>",
        "",
    ],
)
def test_what_is_no_call(text: str) -> None:
    assert written_calls(text, KNOWN) is None


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ('<tool_call>{"name": "f", "arguments": {}}}</tool_call>', '{"name": "f", "arguments": {}}}'),
        ('<tool_call>\n{"name": "f", "argum', '{"name": "f", "argum'),
        ("<call>[{oops}]</call>", "[{oops}]"),
        ('Action: f\nAction Input: {"a": ', 'Action: f\nAction Input: {"a":'),
        ('<functioncall> {"name": "f", oops}', '{"name": "f", oops}'),
        (
            "<tool_call><function=f>怎么办</function></tool_call>",
            "<tool_call><function=f>怎么办</function></tool_call>",
        ),
        ("[TOOL_CALLS] [{]", "[{]"),
    ],
)
def test_what_cannot_be_read_keeps_its_text(text: str, raw: str) -> None:
    (call,) = read(text).calls
    assert call.error is not None
    assert call.error.detail
    assert call.raw == raw


def test_a_broken_call_does_not_take_the_next_with_it() -> None:
    found = read(f'<tool_call>{{"name": </tool_call>\n<tool_call>{WEATHER_CALL}</tool_call>')
    assert [call.error is None for call in found.calls] == [False, True]


def test_markup_inside_an_argument_is_an_argument() -> None:
    inner = '</tool_call><tool_call>{"name": "x"} ```\nAction: a\nAction Input: {}\n\'it\'s\' [b(c=1)]'
    arguments = {"query": inner}
    block = "<tool_call>\n" + encode({"name": "search", "arguments": arguments}) + "\n</tool_call>"
    assert pairs(read(f"{block}\n{block}")) == [("search", arguments)] * 2
    glaive = f'<functioncall> {{"name": "search", "arguments": \'{encode(arguments)}\'}} '
    assert pairs(read(glaive)) == [("search", arguments)]


@pytest.mark.parametrize("length", [4050, 4060, 4070, 4096, 8150, 100_000])
def test_long_arguments_are_read_whole(length: int) -> None:
    arguments = {"text": "文" * length, "list": [True, None, -1.5, "\\\U0001f600"] * 9, "last": 12}
    block = "<tool_call>\n" + encode({"name": "search", "arguments": arguments}) + "\n</tool_call>"
    assert pairs(read(f"{block}\n{block}")) == [("search", arguments)] * 2


def test_xml_values_take_the_types_of_the_schema_and_else_those_of_json() -> None:
    text = (
        "<function=get_weather><parameter=city>\n100\n</parameter><parameter=days>3</parameter>"
        "<parameter=on>True</parameter><parameter=list>[1]</parameter><parameter=note>\n第一行\n第二行\n</parameter>"
        '<parameter=quoted>"3"</parameter></function>'
    )
    assert pairs(read(text)) == [
        (
            "get_weather",
            {"city": "100", "days": 3, "on": "True", "list": [1], "note": "第一行\n第二行", "quoted": '"3"'},
        )
    ]


def test_python_like_calls_hold_names_and_values_of_all_kinds() -> None:
    text = (
        "[City Weather(city=\"北京(朝阳), '东'\", n=-3, f=1.5e3, on=true, off=False, none=None, null=null, "
        'inner={\'a\': [1, {"b": "]"}]}, 城市=\'it\\\'s\', "a b"=1), News/Top(), v1.news-top(x=1)]'
    )
    (weather, top, dotted) = read(text).calls
    assert weather.name == "City Weather"
    assert weather.arguments == {
        "city": "北京(朝阳), '东'",
        "n": -3,
        "f": 1500.0,
        "on": True,
        "off": False,
        "none": None,
        "null": None,
        "inner": {"a": [1, {"b": "]"}]},
        "城市": "it's",
        "a b": 1,
    }
    assert (top.name, top.arguments) == ("News/Top", {})
    assert dotted.name == "v1.news-top"


def test_keys_given_twice_and_nan_are_noted() -> None:
    for text in ("[get_weather(city=1, city=NaN)]", '<tool_call>{"name":"f","arguments":{"a":1,"a":NaN}}</tool_call>'):
        (call,) = read(text).calls
        assert call.not_finite
        assert call.duplicate_keys


@pytest.mark.parametrize(("only", "count"), [("react", 0), ("tool_call", 1)])
def test_only_the_notations_asked_for_are_read(only: Notation, count: int) -> None:
    found = written_calls(f"<tool_call>{WEATHER_CALL}</tool_call>", KNOWN, notations=[only])
    assert len(found.calls if found else ()) == count


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "北京",
        "it's",
        '"引号"',
        "a\nb",
        "\\",
        "</tool_call>",
        "<tool_call>",
        "'}",
        ")]",
        "```",
        "1",
        "true",
        "<|endoftext|>",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
NAMES = TEXT.filter(lambda name: name == name.strip() and bool(name))
CALLS = st.lists(
    st.builds(Call, name=NAMES, arguments=st.dictionaries(TEXT, VALUES, max_size=4)), min_size=1, max_size=3
)


def told(calls: Any) -> list[tuple[str | None, Any]]:
    return [(call.name, call.arguments) for call in calls]


@given(CALLS)
def test_blocks_give_back_the_calls_they_were_written_from(calls: list[Call]) -> None:
    assert pairs(read(call_blocks(calls))) == told(calls)


@given(CALLS)
def test_a_python_like_list_gives_back_the_calls_it_was_written_from(calls: list[Call]) -> None:
    text = python_list(calls)
    found, end = python_calls(text, 0, (), at="")
    assert end == len(text)
    assert told(found) == told(calls)


@given(CALLS)
def test_glaive_gives_back_the_call_it_was_written_from(calls: list[Call]) -> None:
    glaive = formats()["glaive"]()
    messages = (User(role="user", text="?"), *(Assistant(role="assistant", calls=(call,)) for call in calls))
    again = glaive.read(glaive.write(Conversation(messages=messages)), Origin())
    assert told(again.calls) == told(calls)


PIECES = [
    "<tool_call>",
    "</tool_call>",
    "<function=f>",
    "</function>",
    "<parameter=a>",
    "</parameter>",
    "<functioncall>",
    "<TOOLCALL>",
    "<call>",
    "</call>",
    "[TOOL_CALLS]",
    "Action: f\n",
    "Action Input: ",
    "Thought: ",
    "<think>",
    "</think>",
    '{"name": "get_weather", "arguments": ',
    "get_weather(",
    *"{}[]()\"'\\,:= \n`-.",
    "```",
    "1",
    "e",
    "\\u",
    "\\ud800",
    "None",
    "北",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=40))
def test_any_text_gives_a_result(text: str) -> None:
    for known in (KNOWN, {"get_weather", "f"}, ()):
        found = written_calls(text, known)
        assert found is None or found.calls
        listed_calls(text, known, at="", any_name=True)


HEADS = ["<tool_call>", "[f(a=", '<tool_call>{"a":', "Action: f\nAction Input: ", "<functioncall> {", "<call>["]
OPEN = ['{"a', "[{'", "<function=", "`a", "\n[f(a='", "f(a=[", '["', "{1", "\n\n"]


@pytest.mark.parametrize("head", HEADS)
def test_reading_takes_linear_time(head: str) -> None:
    """What takes quadratic time takes minutes for one of these texts."""
    for piece in (*PIECES, *OPEN):
        for text in (head + piece * (20_000 // len(piece)), (head + piece) * (20_000 // len(head + piece))):
            started = time.process_time()
            written_calls(text, KNOWN)
            assert time.process_time() - started < 1, piece


def test_deep_nesting_is_refused_not_followed() -> None:
    for text in ("<tool_call>" + "[" * 100_000, "[get_weather(a=" + "{'a':" * 100_000):
        found = written_calls(text, KNOWN)
        assert found is None or found.calls[0].error is not None


def test_every_notation_is_named_once() -> None:
    assert len(set(NOTATIONS)) == len(NOTATIONS)
