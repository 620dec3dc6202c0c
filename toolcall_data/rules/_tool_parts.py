"""The schemas inside a row's tools, one by one, each with the argument it describes: what many tool rules walk over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from toolcall_data.conversation.address import escape, parts
from toolcall_data.conversation.json_text import encode, is_finite
from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.rules._against_schema import compiled_of, replaced
from toolcall_data.rules._edit import with_tools
from toolcall_data.schema.type_names import TYPES, read_type
from toolcall_data.schema.validator import meant

Role: TypeAlias = Literal["root", "property", "items", "branch"]
"""Where a schema stands: the parameters as a whole, a property, the items of an array, or part of a combination."""

_DEEPEST = 64
_BRANCHES = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("additionalProperties", "contains", "else", "if", "items", "not", "then")
_ITEMS = frozenset({"items", "prefixItems", "contains"})


@dataclass(frozen=True)
class Part:
    """One schema inside a tool's parameters, as written.

    `at` is its pointer below the tool, `name` the argument it describes (`items/price` where it lies deeper, empty for
    the parameters as a whole). `required` says whether a call must give it.
    """

    index: int
    tool: Tool
    at: str
    name: str
    role: Role
    schema: dict[str, JSON]
    required: bool = False

    @cached_property
    def meant(self) -> dict[str, JSON]:
        """The schema with the spelling of its type read for what it stands for."""
        found = self.schema.get("type")
        read = read_type(found) if isinstance(found, str) else None
        if read is None:
            return self.schema
        return {**{key: value for key, value in self.schema.items() if key != "type"}, **read.keywords}

    @cached_property
    def types(self) -> frozenset[str]:
        """JSON Schema's types that a value may have; empty where none are said or one of them is unknown."""
        found = self.meant.get("type")
        names = found if isinstance(found, list) else [found]
        known = [_known(name) for name in names]
        if any(name is None for name in known):
            return frozenset()
        also = {"null"} if self.schema.get("nullable") is True else set()
        return frozenset({name for name in known if name is not None} | also)

    @property
    def label(self) -> str:
        """The argument in a message."""
        return f"`{self.name}`" if self.name else "the parameters"

    @property
    def label_zh(self) -> str:
        """The argument in a Chinese message."""
        return f"`{self.name}`" if self.name else "整个参数表"


def _known(name: JSON) -> str | None:
    if not isinstance(name, str):
        return None
    if name in TYPES:
        return name
    read = read_type(name)
    kind = read.keywords.get("type") if read is not None else None
    return kind if isinstance(kind, str) else None


class _Last:
    """The parts of the conversation judged last: all tool rules ask for them one after the other."""

    __slots__ = ("walked",)

    def __init__(self) -> None:
        self.walked: tuple[tuple[Tool, ...], tuple[Part, ...]] = ((), ())


_LAST = _Last()


def schema_parts(conversation: Conversation) -> tuple[Part, ...]:
    """Every schema inside the parameters of every tool, outer ones first."""
    tools, found = _LAST.walked
    if tools is not conversation.tools:
        found = tuple(part for index, tool in enumerate(conversation.tools) for part in _parts(index, tool))
        _LAST.walked = (conversation.tools, found)
    return found


def _parts(index: int, tool: Tool) -> tuple[Part, ...]:
    """The parts of one tool: remembered, since lists that are all different repeat tools at the same place."""
    known = _PARTS.get((index, id(tool)))
    if known is not None:
        return known
    if len(_PARTS) >= _MOST_TOOLS:
        _PARTS.clear()
    found = tuple(_of_tool(index, tool))
    if found:
        _PARTS[index, id(tool)] = found
    return found


_PARTS: dict[tuple[int, int], tuple[Part, ...]] = {}
"""By place and identity; parts keep their tool alive, so that no other can take its place."""
_MOST_TOOLS = 1024


def arguments(conversation: Conversation) -> Iterator[Part]:
    """The schemas that describe an argument, at any depth."""
    return (part for part in schema_parts(conversation) if part.role == "property")


def enums(conversation: Conversation) -> Iterator[tuple[Part, list[JSON]]]:
    """Every enum with a value, and the schema it stands in."""
    for part in schema_parts(conversation):
        values = part.schema.get("enum")
        if isinstance(values, list) and values:
            yield part, values


def cast_without_loss(value: JSON, types: frozenset[str]) -> JSON:
    """The value as one of these types where nothing is lost: `"10"` as 10, 5 as `"5"`; None where it cannot be."""
    if isinstance(value, str):
        return meant(value, types)
    if "string" in types and is_finite(value):
        return encode(value)
    return None


def _of_tool(index: int, tool: Tool) -> Iterator[Part]:
    found = tool.parameters
    if not isinstance(found, dict):
        return
    compiled = compiled_of(tool)
    root = Part(index, tool, tool.parameters_pointer, "", "root", found)
    needed = _needed(compiled.normalised.schema)
    if compiled.repairs("flat"):
        flat = {name: value for name, value in found.items() if isinstance(value, dict)}
        yield from _of_properties(root, root.at, flat, needed, 0)
        return
    yield root
    yield from _inside(root, needed, 0)


def _inside(part: Part, needed: frozenset[str], depth: int) -> Iterator[Part]:
    if depth > _DEEPEST:
        return
    properties = part.schema.get("properties")
    if isinstance(properties, dict):
        yield from _of_properties(part, f"{part.at}/properties", properties, needed, depth)
    for key in _SINGLE:
        yield from _below(part, f"/{key}", key, part.schema.get(key), depth)
    for key in _BRANCHES:
        listed = part.schema.get(key)
        for position, item in enumerate(listed if isinstance(listed, list) else ()):
            yield from _below(part, f"/{key}/{position}", key, item, depth)
    for key in ("$defs", "definitions"):
        named = part.schema.get(key)
        for name, item in (named if isinstance(named, dict) else {}).items():
            yield from _below(part, f"/{key}/{escape(name)}", key, item, depth)


def _below(part: Part, place: str, key: str, schema: JSON, depth: int) -> Iterator[Part]:
    if isinstance(schema, dict):
        role: Role = "items" if key in _ITEMS else "branch"
        inner = Part(part.index, part.tool, part.at + place, part.name, role, schema, part.required)
        yield inner
        yield from _inside(inner, _needed(schema), depth + 1)


def _of_properties(
    part: Part, at: str, properties: dict[str, JSON], needed: frozenset[str], depth: int
) -> Iterator[Part]:
    for name, schema in properties.items():
        if isinstance(schema, dict):
            path = f"{part.name}/{name}" if part.name else name
            place = f"{at}/{escape(name)}"
            inner = Part(part.index, part.tool, place, path, "property", schema, name in needed)
            yield inner
            yield from _inside(inner, _needed(schema), depth + 1)


def _needed(schema: JSON) -> frozenset[str]:
    found = schema.get("required") if isinstance(schema, dict) else None
    return frozenset(name for name in found if isinstance(name, str)) if isinstance(found, list) else frozenset()


def with_keywords(conversation: Conversation, changes: Iterable[tuple[Part, str, JSON]]) -> Conversation:
    """The conversation with keywords of some schemas set anew; itself where there are none."""
    tools = list(conversation.tools)
    for part, keyword, value in changes:
        raw = replaced(tools[part.index].raw, [*parts(part.at), keyword], value)
        tools[part.index] = Tool(raw=raw)
    if all(new is old for new, old in zip(tools, conversation.tools, strict=True)):
        return conversation
    return with_tools(conversation, tools)
