"""Strategies for values of `function_call` turns and of `tools`, right and wrong, and what a right one says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

MARKS = (
    "<tool_call>",
    "</tool_call>",
    "<think>",
    "</think>",
    "<think>海</think>边",
    '{"a": 1}',
    "[1]",
    'a"b',
    "一\n二",
    "{{idx}}",
)
FRONTS = ("", "", "", "", "<think>\n想\n</think>\n\n", "<think>想</think>", "<think>\n想\n</think>\n", "好的", "\n")
REAR = ("", "", "", "\n", "好了", "<tool_call>")

words = st.sampled_from(MARKS) | st.text(max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
names = st.sampled_from(("get_tide", "get_clock", "潮汐", "f", 7))
objects = st.dictionaries(words, values, max_size=4)
arguments = objects | objects | objects | values


@st.composite
def one_call(draw: st.DrawFn) -> Any:
    """An object that is a call, or nearly one."""
    whole = {"name": draw(names), "arguments": draw(arguments)}
    match draw(st.integers(0, 11)):
        case 0:
            return draw(values)
        case 1:
            return {key: whole[key] for key in draw(st.sampled_from((("name",), ("arguments",), ())))}
        case 2:
            return {**whole, draw(st.sampled_from(("id", "type", "thought"))): draw(scalars)}
    return whole


@st.composite
def calls(draw: st.DrawFn) -> str:
    """The value of a `function_call` turn."""
    found = draw((one_call() | one_call() | st.lists(one_call(), min_size=1, max_size=3)).filter(lambda one: one != []))
    text = json.dumps(found, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from((None, None, 1))))
    if draw(st.integers(0, 9)) == 0:
        text = text.replace('"name": ', '"name": "f", "name": ', 1)
    if draw(st.integers(0, 9)) == 0:
        text = text[: draw(st.integers(0, len(text)))]
    front, rear = draw(st.sampled_from(FRONTS)), draw(st.sampled_from(REAR))
    match draw(st.integers(0, 5)):
        case 0:
            return f"{front}<tool_call>{text}</tool_call>{rear}"
        case 1:
            return f"{front}{text}{rear}"
    return f"{front}{text}"


@st.composite
def one_tool(draw: st.DrawFn) -> Any:
    """A tool definition, or nearly one."""
    schema = draw(
        values
        | st.fixed_dictionaries({}, optional={"type": words, "enum": values, "items": values, "description": words})
    )
    parameters: Any = {
        "type": "object",
        "properties": draw(st.dictionaries(words, st.just(schema), max_size=2) | values),
    }
    if draw(st.booleans()):
        parameters["required"] = draw(st.lists(words, max_size=2) | values)
    whole = {"name": draw(names), "description": draw(words), "parameters": draw(st.just(parameters) | values)}
    kept = {key: value for key, value in whole.items() if draw(st.integers(0, 9))}
    match draw(st.integers(0, 7)):
        case 0:
            return draw(values)
        case 1 | 2:
            return {"type": "function", "function": kept}
        case 3:
            return {"type": "function", **kept}
        case 4:
            return {**kept, "response": draw(values)}
    return kept


@st.composite
def tools(draw: st.DrawFn) -> str:
    """A `tools` value that is not empty."""
    found = draw(st.lists(one_tool(), max_size=3) | st.lists(one_tool(), max_size=3) | one_tool())
    text = json.dumps(found, ensure_ascii=draw(st.booleans()))
    if draw(st.integers(0, 9)) == 0:
        text = text.replace('"name": ', '"name": "f", "name": ', 1)
    if draw(st.integers(0, 14)) == 0:
        text = text[: draw(st.integers(1, len(text)))]
    return text


def some(strategy: st.SearchStrategy[str], count: int) -> list[str]:
    """As many different examples, the same ones every time."""
    found: dict[str, None] = {}

    @settings(
        max_examples=3 * count,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: str) -> None:
        found[value] = None

    collect()
    return list(found)[:count]


@dataclass(frozen=True)
class Says:
    """What a well-formed value says: the text before its calls, and the calls as bare JSON."""

    front: str
    calls: str
    strings: tuple[str, ...]
    has_text_arguments: bool


def strictly(text: str) -> Any:
    """The JSON, with no key twice and no number that JSON has not.

    Raises:
        ValueError: it is not such JSON.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) != len(items):
            raise ValueError("a key stands twice")
        return dict(items)

    found = json.loads(text, object_pairs_hook=pairs)
    json.dumps(found, allow_nan=False)
    return found


def says(value: str, thought: tuple[str, str]) -> Says | None:
    """What a value says that is in one of the shapes made to be understood, else None."""
    front, rest = "", value
    if "<tool_call>" in value and value.endswith("</tool_call>") and not value.lstrip().startswith(("{", "[")):
        front, _, rest = value.removesuffix("</tool_call>").partition("<tool_call>")
    elif value.startswith(thought[0]) and thought[1] in value:
        front, _, rest = value.partition(thought[1])
        front += thought[1]
    elif thought[0] in value and thought[1] in value.partition(thought[0])[2]:
        return None
    try:
        found = strictly(rest)
    except ValueError:
        return None
    items = found if isinstance(found, list) else [found]
    if not items or not all(isinstance(item, dict) and item.keys() == {"name", "arguments"} for item in items):
        return None
    texts = [item["arguments"] for item in items if isinstance(item["arguments"], str)]
    if any(_is_encoded(text) for text in texts):
        return None
    return Says(
        front, json.dumps(found, ensure_ascii=False), tuple(strings([item["arguments"] for item in items])), bool(texts)
    )


def _is_encoded(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def strings(value: Any) -> list[str]:
    """Every string inside a value, keys too."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in (key, *strings(inner))]
    return [one for inner in value for one in strings(inner)] if isinstance(value, list) else []
