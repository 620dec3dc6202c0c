"""Changing conversations for fixes: new values, with what was read from the old ones brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Tool
from toolcall_data.formats.sharegpt import assistant_value
from toolcall_data.schema.normalise import RepairKind, normalise


def with_messages(conversation: Conversation, messages: Iterable[AnyMessage]) -> Conversation:
    """The conversation with other messages."""
    return conversation.model_copy(update={"messages": tuple(messages)})


def with_tools(conversation: Conversation, tools: Iterable[Tool]) -> Conversation:
    """The conversation with other tools; a `tools` string is written anew."""
    tools = tuple(tools)
    text = None if conversation.tools_text is None else encode([tool.raw for tool in tools])
    return conversation.model_copy(update={"tools": tools, "tools_text": text})


def without_problems(conversation: Conversation, kind: str, at: str | None = None) -> Conversation:
    """The conversation without the problems of one kind, or only that at one place."""
    left = tuple(found for found in conversation.problems if found.kind != kind or at not in (None, found.at))
    return conversation.model_copy(update={"problems": left})


def with_calls(conversation: Conversation, change: Callable[[Call], Call]) -> Conversation:
    """The conversation with every call changed; itself where `change` gives back every call it was given."""
    messages = [_recalled(message, change) for message in conversation.messages]
    if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
        return conversation
    return with_messages(conversation, messages)


def rewritten(message: Assistant) -> Assistant:
    """A call turn whose text as found is what the writer would write."""
    if message.written is None:
        return message
    return message.model_copy(update={"written": assistant_value(message)})


def _recalled(message: AnyMessage, change: Callable[[Call], Call]) -> AnyMessage:
    if not isinstance(message, Assistant) or not message.calls:
        return message
    calls = tuple(change(call) for call in message.calls)
    if all(new is old for new, old in zip(calls, message.calls, strict=True)):
        return message
    whole = message.written is not None
    calls = tuple(_raw(new, whole) if new is not old else new for new, old in zip(calls, message.calls, strict=True))
    return rewritten(message.model_copy(update={"calls": calls}))


def _raw(call: Call, whole: bool) -> Call:
    """A changed call with its text: that of the whole call, or of its arguments where they have a text of their own."""
    value: JSON = {"name": call.name, "arguments": call.arguments} if whole else call.arguments
    return call.model_copy(update={"raw": encode(value)})


def with_parameters(conversation: Conversation, kinds: Iterable[RepairKind]) -> Conversation:
    """The conversation with repairs of these kinds made in the parameters of its tools; itself where there are none."""
    wanted = frozenset(kinds)
    tools = [_repaired(tool, wanted) for tool in conversation.tools]
    if all(new is old for new, old in zip(tools, conversation.tools, strict=True)):
        return conversation
    return with_tools(conversation, tools)


def _repaired(tool: Tool, kinds: frozenset[RepairKind]) -> Tool:
    found = normalise(tool.parameters, tool.definition.get("required"), kinds)
    if not found.repairs:
        return tool
    moved = any(repair.kind == "required_place" and repair.pointer == "" for repair in found.repairs)
    return with_definition(tool, {"parameters": found.schema}, without=("required",) if moved else ())


def with_definition(tool: Tool, update: dict[str, JSON], *, without: tuple[str, ...] = ()) -> Tool:
    """The tool with keys of its definition changed, wrapped as it was."""
    definition = {**{key: value for key, value in tool.definition.items() if key not in without}, **update}
    return Tool(raw={**tool.raw, "function": definition} if tool.is_wrapped else definition)
