"""Where a conversation has each trait of `formats.base.Trait`, and the conversation without it.

`losses.py` names these functions. Places are JSON pointers into the row a conversation was read from; a conversation
that was made, not read, gets pointers into a list of messages. Erasing keeps as much as can be kept in another shape:
parallel calls become one after another, several results one list, messages out of turn are joined.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Result, Tool, User
from toolcall_data.conversation.steps import results_in_call_order

TOOL_KEYS = frozenset({"name", "description", "parameters"})
_WRAPPER_KEYS = frozenset({"type", "function"})


def placed(conversation: Conversation) -> Iterator[tuple[str, AnyMessage]]:
    """Every message with its pointer."""
    for index, message in enumerate(conversation.messages):
        yield message.at or item_at("messages", index), message


def assistants(conversation: Conversation) -> Iterator[tuple[str, Assistant]]:
    """Every message of the model with its pointer."""
    return ((at, message) for at, message in placed(conversation) if isinstance(message, Assistant))


def messages_where(test: Callable[[AnyMessage], object]) -> Callable[[Conversation], list[str]]:
    """The places of the messages for which `test` holds."""
    return lambda conversation: [at for at, message in placed(conversation) if test(message)]


def calls_where(test: Callable[[Call], object]) -> Callable[[Conversation], list[str]]:
    """The places of the calls for which `test` holds."""
    return lambda conversation: [
        call.at or at for at, message in assistants(conversation) for call in message.calls if test(call)
    ]


def with_messages(change: Callable[[AnyMessage], AnyMessage | None]) -> Callable[[Conversation], Conversation]:
    """Changes every message; None drops it."""

    def changed(conversation: Conversation) -> Conversation:
        found = tuple(new for message in conversation.messages if (new := change(message)) is not None)
        return conversation.model_copy(update={"messages": found})

    return changed


def with_calls(change: Callable[[Call], Call]) -> Callable[[Conversation], Conversation]:
    """Changes every call."""

    def changed(message: AnyMessage) -> AnyMessage:
        if not isinstance(message, Assistant) or not message.calls:
            return message
        return message.model_copy(update={"calls": tuple(change(call) for call in message.calls)})

    return with_messages(changed)


def call_id_places(conversation: Conversation) -> list[str]:
    """Calls and results that have an id."""
    found: list[str] = []
    for at, message in placed(conversation):
        if isinstance(message, Assistant):
            found += [call.at or at for call in message.calls if call.id is not None]
        elif isinstance(message, Result) and message.call_id is not None:
            found.append(at)
    return found


def without_call_ids(conversation: Conversation) -> Conversation:
    """Results stand in the order of their calls, which then is all that links them."""
    ordered = with_calls(lambda call: call.model_copy(update={"id": None}))(results_in_call_order(conversation))
    return with_messages(
        lambda message: message.model_copy(update={"call_id": None}) if isinstance(message, Result) else message
    )(ordered)


def without_several_calls(conversation: Conversation) -> Conversation:
    """Parallel calls one after another, each with its result where there is one for each."""
    messages: list[AnyMessage] = []
    for is_result, group in groupby(
        results_in_call_order(conversation).messages, key=lambda message: message.role == "tool"
    ):
        found = list(group)
        split = _each_call(messages.pop()) if is_result and messages else []
        if len(split) == len(found) > 1:
            messages += [message for pair in zip(split, found, strict=True) for message in pair]
        else:
            messages += [*split, *found]
    return conversation.model_copy(update={"messages": tuple(one for each in messages for one in _each_call(each))})


def _each_call(message: AnyMessage) -> list[AnyMessage]:
    if not isinstance(message, Assistant) or len(message.calls) < 2:
        return [message]
    first = message.model_copy(update={"calls": message.calls[:1]})
    rest = [message.model_copy(update=_BARE | {"calls": (call,)}) for call in message.calls[1:]]
    return [first, *rest]


_BARE: dict[str, JSON] = {"text": "", "thinking": None, "written": None, "extra": {}}


def later_result_places(conversation: Conversation) -> list[str]:
    """Every result that directly follows another."""
    found = list(placed(conversation))
    return [at for (_, before), (at, message) in pairwise(found) if before.role == message.role == "tool"]


def later_turn_places(conversation: Conversation) -> list[str]:
    """Everything after the first answer."""
    return [at for at, _ in list(placed(conversation))[_first_answer_end(conversation) :]]


def without_later_turns(conversation: Conversation) -> Conversation:
    return conversation.model_copy(update={"messages": conversation.messages[: _first_answer_end(conversation)]})


def _first_answer_end(conversation: Conversation) -> int:
    is_asked = False
    for index, message in enumerate(conversation.messages):
        if message.side == "model" and is_asked:
            return index + 1
        is_asked = is_asked or message.side == "prompt"
    return len(conversation.messages)


def without_calls(message: AnyMessage) -> AnyMessage | None:
    """A message without its calls; none where it said nothing else."""
    if not isinstance(message, Assistant) or not message.calls:
        return message
    if not message.text and not message.thinking:
        return None
    return message.model_copy(update={"calls": (), "written": None})


def out_of_order_places(conversation: Conversation) -> list[str]:
    """Messages of the model before anything was asked, two messages in a row of one side, and questions at the end."""
    return _in_turns(conversation)[1]


def in_turns(conversation: Conversation) -> Conversation:
    """Prompt and model in strict turns, the results of one step counted as one."""
    return conversation.model_copy(update={"messages": tuple(_in_turns(conversation)[0])})


def _in_turns(conversation: Conversation) -> tuple[list[AnyMessage], list[str]]:
    kept: list[tuple[str, AnyMessage]] = []
    odd: list[str] = []
    last: int | None = None
    for at, message in placed(conversation):
        before = None if last is None else kept[last][1]
        if message.role == "system":
            kept.append((at, message))
        elif before is None and message.side == "model":
            odd.append(at)
        elif last is None or before is None or message.side != before.side or before.role == message.role == "tool":
            last = len(kept)
            kept.append((at, message))
        else:
            odd.append(at)
            kept[last] = kept[last][0], _joined(before, message)
    while last is not None and kept[last][1].side != "model":
        odd.append(kept.pop(last)[0])
        last = next((index for index in range(last - 1, -1, -1) if kept[index][1].role != "system"), None)
    return [message for _, message in kept], odd


def _joined(first: AnyMessage, second: AnyMessage) -> AnyMessage:
    """Two messages of one side as one: texts with a blank line between, calls one after another."""
    if isinstance(first, Assistant) and isinstance(second, Assistant):
        thoughts = [thought for thought in (first.thinking, second.thinking) if thought is not None]
        update: dict[str, JSON] = {
            "text": _text(first.text, second.text),
            "thinking": _text(*thoughts) if thoughts else None,
            "calls": first.calls + second.calls,
            "written": None,
        }
        return first.model_copy(update=update)
    if isinstance(first, User) and isinstance(second, User | Result):
        return first.model_copy(update={"text": _text(first.text, _said(second))})
    if isinstance(first, Result) and isinstance(second, User | Result):
        return first.model_copy(update={"content": _text(first.content, _said(second))})
    return first


def _said(message: User | Result) -> str:
    return message.text if isinstance(message, User) else message.content


def _text(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def is_spelled(call: Call) -> bool:
    """Whether the text of a call says more than its value: a key twice, NaN, an object inside a string."""
    return bool(call.duplicate_keys) or call.not_finite or _object_in(call.arguments) is not None


def without_spelling(call: Call) -> Call:
    """The last of two equal keys counts, NaN and Infinity become null, an object in a string is taken out of it."""
    if not is_spelled(call):
        return call
    inside = _object_in(call.arguments)
    arguments = _finite(call.arguments if inside is None else inside)
    update = {"arguments": arguments, "raw": encode(arguments), "duplicate_keys": (), "not_finite": False}
    return call.model_copy(update=update)


def _object_in(arguments: JSON) -> dict[str, JSON] | None:
    if not isinstance(arguments, str) or not arguments.lstrip().startswith("{"):
        return None
    found = decode(arguments)
    return found.value if found.error is None and isinstance(found.value, dict) else None


def _finite(value: JSON) -> JSON:
    """The value with null for what JSON cannot say; the parser already bounds how deep a value nests."""
    return json.loads(json.dumps(value), parse_constant=lambda _: None)


def has_typed_text(call: Call) -> bool:
    """Whether an argument is a string that reads as another value: `"12345"`, `"true"`, `"null"`."""
    arguments = call.arguments
    return isinstance(arguments, dict) and any(_typed(value) is not value for value in arguments.values())


def with_typed_text(call: Call) -> Call:
    """Such strings as the values that they read as."""
    if not has_typed_text(call):
        return call
    arguments = {name: _typed(value) for name, value in call.arguments.items()}
    return call.model_copy(update={"arguments": arguments, "raw": encode(arguments)})


def _typed(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value
    found = decode(value)
    is_other = found.error is None and not found.not_finite and not isinstance(found.value, str)
    return found.value if is_other else value


def tool_field_places(conversation: Conversation) -> list[str]:
    """Keys of a tool besides name, description and parameters."""
    return [
        _tools_at(conversation) + item_at(index, key)
        for index, tool in enumerate(conversation.tools)
        for key in (*_beyond(tool.definition, TOOL_KEYS), *_beyond(_wrapper(tool), _WRAPPER_KEYS))
    ]


def without_tool_fields(conversation: Conversation) -> Conversation:
    return _with_tools(conversation, _plain)


def wrapped_places(conversation: Conversation) -> list[str]:
    """Tools written as `{"type": "function", "function": {...}}`."""
    return [
        _tools_at(conversation) + item_at(index) for index, tool in enumerate(conversation.tools) if tool.is_wrapped
    ]


def unwrapped(conversation: Conversation) -> Conversation:
    """Tools as bare definitions; further keys of the wrapper go into them."""
    return _with_tools(
        conversation,
        lambda tool: {**_beyond(_wrapper(tool), _WRAPPER_KEYS), **tool.definition} if tool.is_wrapped else tool.raw,
    )


def _plain(tool: Tool) -> JSON:
    if not isinstance(tool.raw, dict):
        return tool.raw
    plain = {key: value for key, value in tool.definition.items() if key in TOOL_KEYS}
    return {"type": "function", "function": plain} if tool.is_wrapped else plain


def _wrapper(tool: Tool) -> dict[str, JSON]:
    return tool.raw if tool.is_wrapped else {}


def _beyond(found: dict[str, JSON], known: frozenset[str]) -> dict[str, JSON]:
    return {key: value for key, value in found.items() if key not in known}


def _tools_at(conversation: Conversation) -> str:
    return conversation.tools_at or "/tools"


def _with_tools(conversation: Conversation, change: Callable[[Tool], JSON]) -> Conversation:
    tools = tuple(Tool(raw=change(tool)) for tool in conversation.tools)
    return conversation.model_copy(update={"tools": tools, "tools_text": None})


def malformed_places(conversation: Conversation) -> list[str]:
    """What could not be read as meant: messages, calls, tools, or the shape of the row."""
    return [
        *(problem.at for problem in conversation.problems),
        *messages_where(lambda message: message.role == "malformed")(conversation),
        *calls_where(is_malformed)(conversation),
        *(
            _tools_at(conversation) + item_at(index)
            for index, tool in enumerate(conversation.tools)
            if not isinstance(tool.raw, dict)
        ),
    ]


def is_malformed(call: Call) -> bool:
    """Whether a call could not be read, or has no name or no object of arguments."""
    is_object = isinstance(call.arguments, dict) or _object_in(call.arguments) is not None
    return call.error is not None or not call.name or not is_object


def without_malformed(conversation: Conversation) -> Conversation:
    """Only what could be read."""

    def changed(message: AnyMessage) -> AnyMessage | None:
        if message.role == "malformed":
            return None
        if not isinstance(message, Assistant) or not any(is_malformed(call) for call in message.calls):
            return message
        sound = tuple(call for call in message.calls if not is_malformed(call))
        return message.model_copy(update={"calls": sound, "written": None}) if sound else without_calls(message)

    tools = tuple(tool for tool in conversation.tools if isinstance(tool.raw, dict))
    update = {"problems": (), "tools": tools, "tools_text": None}
    return with_messages(changed)(conversation).model_copy(update=update)
