"""Rows of messages with a role: what the chat formats share in reading and in writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import decode, encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    Conversation,
    Malformed,
    Origin,
    Problem,
    Result,
    System,
    Tool,
    User,
    unchecked,
)
from toolcall_data.formats._calls import tools_of_list, tools_of_text
from toolcall_data.formats.base import nearest_key, with_leftovers
from toolcall_data.formats.sharegpt import Meaning

_assistant_of = unchecked(Assistant)
_user_of = unchecked(User)
_system_of = unchecked(System)
_result_of = unchecked(Result)
_malformed_of = unchecked(Malformed)
_conversation_of = unchecked(Conversation)

Items = list[tuple[JSON, str]]
"""The messages of a row as written, each with its place."""

ROLES: Mapping[str, Meaning] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
"""What the roles of OpenAI's messages stand for."""


def rest(item: Mapping[str, JSON], *taken: str) -> dict[str, JSON]:
    """The keys of an item that were not taken."""
    return {key: value for key, value in item.items() if key not in taken}


def gathered(leftovers: Iterable[Mapping[str, JSON]]) -> dict[str, JSON]:
    """Leftovers of several parts as one object; a key that comes back with another value gets the part's number."""
    found: dict[str, JSON] = {}
    for number, leftover in enumerate(leftovers):
        for key, value in leftover.items():
            if found.setdefault(key, value) != value:
                found[f"{key}.{number}"] = value
    return found


def string(value: JSON) -> str | None:
    """The value where it is a string."""
    return value if isinstance(value, str) else None


def strings_in(item: Mapping[str, JSON], *keys: str) -> list[str]:
    """Those keys that hold a string, or null in its place: what `string` reads whole."""
    return [key for key in keys if key in item and isinstance(item[key], str | None)]


def text_of(content: JSON, kinds: Sequence[str | None] = ("text",)) -> str | None:
    """The text of a string, or of a list of parts of these `type`s that hold `text`; None for anything else."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") in kinds]
    is_whole = len(texts) == len(content) and all(isinstance(text, str) for text in texts)
    return "".join(map(str, texts)) if is_whole else None


def items_of(row: Mapping[str, JSON], key: str, problems: list[Problem]) -> Items:
    """The list under `key`; a row without one has none, and a problem."""
    found = row.get(key)
    if isinstance(found, list):
        return [(item, item_at(key, index)) for index, item in enumerate(found)]
    if not row:
        problems.append(Problem(kind="row.empty", detail="the row has no keys"))
    elif key not in row:
        problems.append(Problem(kind="row.key_missing", detail=f"no `{key}`{nearest_key(row, key)}"))
    elif found is None:
        problems.append(Problem(kind="row.key_missing", detail=f"`{key}` is null", at=item_at(key)))
    else:
        detail = f"`{key}` is {kind_of(found)}, not a list"
        problems.append(Problem(kind="row.value_not_string", detail=detail, at=item_at(key), value=found))
    return []


def tools_of(row: Mapping[str, JSON], key: str, problems: list[Problem]) -> tuple[tuple[Tool, ...], str | None]:
    """The tools under `key`, a list or a JSON string, and that string."""
    found, at = row.get(key), item_at(key)
    if found is None:
        return (), None
    if isinstance(found, str):
        tools, wrong = tools_of_text(found)
        problems += [problem.model_copy(update={"at": at}) for problem in wrong]
        return tools, found
    if isinstance(found, list):
        return tools_of_list(found), None
    problems.append(Problem(kind="tool.not_list", detail=kind_of(found), at=at, value=found))
    return ((Tool(raw=found),) if isinstance(found, dict) else ()), None


def conversation_of(
    row: Mapping[str, JSON],
    origin: Origin,
    messages: Sequence[AnyMessage],
    problems: list[Problem],
    *,
    taken: Sequence[str],
    tools_key: str = "tools",
    adapt: Callable[[Tool], Tool] = lambda tool: tool,
    system: str | None = None,
    system_at: str = "",
) -> Conversation:
    """The conversation of a row; a leading system message becomes the system prompt where there is no other."""
    if system is None and messages and messages[0].role == "system" and not messages[0].extra:
        system, system_at, messages = messages[0].text, messages[0].value_at, messages[1:]
    tools, tools_text = tools_of(row, tools_key, problems)
    return _conversation_of(
        messages=tuple(messages),
        system=system,
        tools=tuple(adapt(tool) for tool in tools),
        tools_text=tools_text,
        problems=tuple(problems),
        extra=rest(row, tools_key, *taken),
        origin=origin,
        tools_at=item_at(tools_key),
        system_at=system_at,
    )


def not_object(item: JSON, at: str) -> Malformed:
    """An entry of the message list that is no object."""
    return _malformed_of(role="malformed", content=item, reason="not_object", at=at, value_at=at)


def malformed(
    tag: JSON,
    meant: Meaning | None,
    content: JSON,
    *,
    extra: dict[str, JSON],
    at: str,
    value_at: str,
    unknown: bool = False,
) -> Malformed:
    """A message whose role is unknown, or whose content its role cannot have."""
    return _malformed_of(
        role="malformed",
        tag=tag,
        meant=meant,
        content=content,
        reason="unknown_role" if unknown else "not_string",
        extra=extra,
        at=at,
        value_at=value_at,
    )


def plain_message(
    item: Mapping[str, JSON], text: str | None, meaning: Meaning | None, *, at: str, taken: Sequence[str] = ()
) -> AnyMessage:
    """A message of `role` and `content` that holds a text and nothing else; results may have a `name`."""
    extra, value_at = rest(item, "role", "content", *taken), f"{at}/content"
    match meaning:
        case "system" if text is not None:
            return _system_of(role="system", text=text, extra=extra, at=at, value_at=value_at)
        case "user" if text is not None:
            return _user_of(role="user", text=text, extra=extra, at=at, value_at=value_at)
        case "assistant" if text is not None:
            return _assistant_of(role="assistant", text=text, extra=extra, at=at, value_at=value_at)
        case "tool" if text is not None:
            name = string(item.get("name"))
            extra = rest(extra, "name") if name is not None else extra
            return _result_of(role="tool", content=text, name=name, extra=extra, at=at, value_at=value_at)
    unknown = meaning is None
    return malformed(
        item.get("role"), meaning, item.get("content"), extra=extra, at=at, value_at=value_at, unknown=unknown
    )


def meaning_of(item: Mapping[str, JSON], roles: Mapping[str, Meaning] = ROLES) -> Meaning | None:
    """What the message's role stands for."""
    role = item.get("role")
    return roles.get(role) if isinstance(role, str) else None


def messages_in(row: Mapping[str, JSON], key: str = "messages") -> list[dict[str, JSON]]:
    """The objects among a row's messages; none where there is no list."""
    found = row.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def is_openai(row: Mapping[str, JSON], *keys: str) -> bool:
    """Whether calls of the row are written as OpenAI writes them, under one of `keys` of a message."""
    return any(isinstance(item.get(key), list | dict) for item in messages_in(row) for key in keys)


class Links:
    """Ids for what has none, in formats that need one: calls get them by place, results take those of their step."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._waiting: list[str] = []

    def of_calls(self, message: Assistant, index: int) -> list[str]:
        """The ids of the calls of message number `index`."""
        ids = [call.id or f"{self._prefix}_{index}_{number}" for number, call in enumerate(message.calls)]
        self._waiting = ids[::-1]
        return ids

    def of_result(self, result: Result) -> str | None:
        """The id of a result: its own, or that of the next call that waits for one."""
        return result.call_id or (self._waiting.pop() if self._waiting else None)


def call_text(call: Call) -> str:
    """A call as JSON of `name` and `arguments`; one that could not be read as it was written."""
    if call.error is None:
        return encode(with_leftovers({"name": call.name, "arguments": call.arguments}, call.extra))
    if call.name is None or isinstance(decode(call.raw).value, dict):
        return call.raw
    return encode(with_leftovers({"name": call.name, "arguments": call.raw}, call.extra))


def wrapped(tool: Tool) -> JSON:
    """A definition as chat completions take it."""
    whole = tool.is_wrapped or not isinstance(tool.raw, dict)
    return tool.raw if whole else {"type": "function", "function": tool.raw}


def bare(tool: Tool) -> JSON:
    """A definition without its wrapping; further keys of the wrapping go into it."""
    return {**rest(tool.raw, "type", "function"), **tool.definition} if tool.is_wrapped else tool.raw


def tools_list(conversation: Conversation, form: Callable[[Tool], JSON]) -> JSON:
    """The tools as a list of definitions in this form; what could not be read as it was found; None for no tools."""
    if conversation.tools:
        return [form(tool) for tool in conversation.tools]
    return next((problem.value for problem in conversation.problems if problem.kind.startswith("tool.")), None)


def system_items(conversation: Conversation) -> list[JSON]:
    """The leading system message, where there is a prompt."""
    return [] if conversation.system is None else [{"role": "system", "content": conversation.system}]


def other_item(message: AnyMessage, tool_role: str = "tool") -> JSON:
    """A message that is no step of the model, as `role` and `content`; ids and errors of results are left out."""
    match message:
        case Malformed(reason="not_object"):
            return message.content
        case Malformed():
            return with_leftovers({"role": message.tag, "content": message.content}, message.extra)
        case Result():
            named = {} if message.name is None else {"name": message.name}
            return with_leftovers({"role": tool_role, **named, "content": message.content}, message.extra)
        case _:
            return with_leftovers({"role": message.role, "content": message.text}, message.extra)
