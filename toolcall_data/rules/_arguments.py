"""The arguments of a conversation's calls, one by one: gathered once per conversation, for all rules that ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from toolcall_data.conversation.address import escape, parts
from toolcall_data.conversation.model import JSON, Call, Conversation
from toolcall_data.rules._against_schema import Offered, offered_tools
from toolcall_data.rules._once import once

_DEEPEST = 32


class Argument(NamedTuple):
    """One value inside a call's arguments: a property of an object or an item of a list, at any depth.

    `message` is the index of its message and `at` the pointer into the arguments. `name` is its key, that of the list
    for an item. `schema` is what its tool declares for it, empty where nothing is known. `optional` says that it may
    be left out: its object declares it and does not require it.
    """

    message: int
    call: Call
    offered: Offered | None
    at: str
    name: str
    value: JSON
    schema: dict[str, JSON]
    optional: bool


@once
def arguments(conversation: Conversation) -> tuple[Argument, ...]:
    """Every argument of every call that could be read."""
    return tuple(_gather(conversation)) if conversation.calls else ()


def _gather(conversation: Conversation) -> Iterator[Argument]:
    offered = offered_tools(conversation) if conversation.tools else {}
    for index, message in enumerate(conversation.messages):
        if message.role != "assistant":
            continue
        for call in message.calls:
            if call.error is None and isinstance(call.arguments, dict):
                tool = offered.get(call.name) if call.name else None
                schema = tool.compiled.schema if tool is not None else {}
                yield from _inside(Argument(index, call, tool, "", "", call.arguments, _object(schema), False), 0)


def _inside(outer: Argument, depth: int) -> Iterator[Argument]:
    """The values inside an object or a list."""
    if depth >= _DEEPEST:
        return
    if isinstance(outer.value, dict):
        declared, required = _object(outer.schema.get("properties")), outer.schema.get("required")
        needed = required if isinstance(required, list) else []
        for key, value in outer.value.items():
            optional = key in declared and key not in needed
            schema = _object(declared.get(key))
            yield from _with_inside(outer, f"{outer.at}/{escape(key)}", key, value, schema, optional, depth)
    elif isinstance(outer.value, list):
        schema = _object(outer.schema.get("items"))
        for index, value in enumerate(outer.value):
            yield from _with_inside(outer, f"{outer.at}/{index}", outer.name, value, schema, False, depth)


def _with_inside(
    outer: Argument, at: str, name: str, value: JSON, schema: dict[str, JSON], optional: bool, depth: int
) -> Iterator[Argument]:
    found = Argument(outer.message, outer.call, outer.offered, at, name, value, schema, optional)
    yield found
    if isinstance(value, dict | list):
        yield from _inside(found, depth + 1)


def _object(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def without_optional(conversation: Conversation, call: Call, unwanted: Callable[[Argument], bool]) -> Call:
    """The call without the optional arguments that are unwanted; itself where its tool would then refuse it."""
    found = [each for each in arguments(conversation) if each.call is call and each.optional and unwanted(each)]
    if not found or found[0].offered is None:
        return call
    left = call.arguments
    for each in found:
        left = _dropped(left, parts(each.at))
    judge = found[0].offered.compiled
    if not set(map(repr, judge.violations(left))) <= set(map(repr, judge.violations(call.arguments))):
        return call
    return call.model_copy(update={"arguments": left})


def _dropped(value: JSON, at: list[str]) -> JSON:
    """The value without the key at a place inside it."""
    if isinstance(value, list):
        return [_dropped(item, at[1:]) if str(index) == at[0] else item for index, item in enumerate(value)]
    if len(at) == 1:
        return {key: item for key, item in value.items() if key != at[0]}
    return {key: _dropped(item, at[1:]) if key == at[0] else item for key, item in value.items()}
