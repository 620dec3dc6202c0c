"""Steps of a conversation whose calls and results are text in its messages: what these formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Result, User
from toolcall_data.formats._written_calls import NOTATIONS, Notation, Written, thinking_of, written_calls

_RESPONSE, _RESPONSE_END = "<tool_response>", "</tool_response>"
_BETWEEN_RESPONSES = re.compile(r"</tool_response>\s*<tool_response>")
_RESULT_KEYS = frozenset({"name", "content", "tool_call_id"})


def steps_read(conversation: Conversation, step: Callable[[AnyMessage], Iterable[AnyMessage]]) -> Conversation:
    """The conversation with every message replaced by what its text holds."""
    return conversation.model_copy(
        update={"messages": tuple(found for message in conversation.messages for found in step(message))}
    )


def spoken_step(
    message: Assistant,
    row: Mapping[str, JSON],
    known: Collection[str],
    notations: Collection[Notation] = NOTATIONS,
    *,
    find: Callable[[str], Written | None] | None = None,
) -> Assistant:
    """A message of the model with the calls and the thinking that its text holds; one with calls stays as it is."""
    if message.calls:
        return message
    text = message.text
    written = find(text) if find else written_calls(text, known, notations=notations, at=message.value_at)
    if written is None:
        thinking, rest = thinking_of(text) if message.thinking is None else (message.thinking, text)
        return message if thinking == message.thinking else _changed(message, text=rest, thinking=thinking)
    is_whole = all(call.error is None for call in written.calls)
    return _changed(
        message,
        text=written.text,
        thinking=_joined(message.thinking, written.thinking),
        calls=written.calls,
        written=None if is_whole else _text_at(row, message.value_at),
    )


def _text_at(row: Mapping[str, JSON], at: str) -> str | None:
    """The text of a message as it stands in the row; only one with a call that cannot be read is kept as it is."""
    found = follow(row, at)
    return found if isinstance(found, str) else None


def _changed(message: Assistant, **fields: object) -> Assistant:
    return message.model_copy(update=fields)


def _joined(first: str | None, second: str | None) -> str | None:
    parts = [part for part in (first, second) if part is not None]
    return "\n".join(parts) if parts else None


def spoken_text(message: Assistant, calls: str) -> str:
    """The text of a message of the model: thinking, then text, then its calls as written, on lines of their own."""
    thought = f"<think>\n{message.thinking}\n</think>\n\n" if message.thinking is not None else ""
    if not message.calls:
        return thought + message.text
    return f"{thought}{message.text}\n{calls}" if message.text else thought + calls


def has_steps(conversation: Conversation) -> bool:
    """Whether there are tools, calls or results, so that a text format has something to write its own way."""
    return bool(conversation.tools or conversation.calls) or any(
        isinstance(message, Result) for message in conversation.messages
    )


def call_blocks(calls: Iterable[Call]) -> str:
    """Calls as `<tool_call>` blocks, one a call; one that could not be read is written as it was found."""
    return "\n".join(f"<tool_call>\n{_call_text(call)}\n</tool_call>" for call in calls)


def _call_text(call: Call) -> str:
    if call.error is not None:
        whole = call.name is None or '"name"' in call.raw
        return call.raw if whole else f'{{"name": {encode(call.name)}, "arguments": {call.raw}}}'
    text = encode({**call.extra, "name": call.name, "arguments": call.arguments})
    return text.replace("</tool_call", "<\\/tool_call")


def responses(text: str) -> list[str] | None:
    """The bodies of a text that is nothing but `<tool_response>` blocks, None for any other text."""
    found = text.strip()
    if not found.startswith(_RESPONSE) or not found.endswith(_RESPONSE_END):
        return None
    inner = found[len(_RESPONSE) : -len(_RESPONSE_END)]
    return [body.removeprefix("\n").removesuffix("\n") for body in _BETWEEN_RESPONSES.split(inner)]


def response_results(message: User | Result, text: str) -> list[AnyMessage]:
    """The results of a turn of `<tool_response>` blocks, bodies as they are; any other turn as it is."""
    bodies = responses(text)
    if bodies is None:
        return [message]
    return [result_at(message, body, index) for index, body in enumerate(bodies)]


def result_at(message: User | Result, content: str, index: int, name: str | None = None) -> Result:
    """Result number `index` of a turn; the leftovers of the turn stay with the first."""
    return Result(
        role="tool",
        content=content,
        name=name,
        extra=message.extra if index == 0 else {},
        at=message.at,
        value_at=message.value_at,
    )


def response_blocks(bodies: Iterable[str]) -> str:
    """Bodies as `<tool_response>` blocks."""
    return "\n".join(f"{_RESPONSE}\n{body}\n{_RESPONSE_END}" for body in bodies)


def named_results(message: User | Result, text: str) -> list[AnyMessage]:
    """The results of a turn of `<tool_response>` blocks whose bodies may name their tool; any other turn as it is."""
    bodies = responses(text)
    if bodies is None:
        return [message]
    found: list[AnyMessage] = []
    for index, body in enumerate(bodies):
        named = _named(body)
        result = result_at(message, content_text(named["content"]), index, named.get("name"))
        rest = {key: value for key, value in named.items() if key not in ("name", "content")}
        found.append(result.model_copy(update={"extra": {**rest, **result.extra}}))
    return found


def _named(body: str) -> dict[str, JSON]:
    """A body that is an object with `content`, perhaps `name` and an id; any other body as such an object."""
    value = decode(body).value if body.lstrip().startswith("{") else None
    if not isinstance(value, dict) or "content" not in value or not value.keys() <= _RESULT_KEYS:
        return {"content": body}
    return value if isinstance(value.get("name"), str | None) else {"content": body}


def named_body(result: Result) -> str:
    """The response body of a result: its content alone where that reads back the same, else an object around it."""
    content = result.content
    if result.name is None and _RESPONSE_END not in content and _named(content) == {"content": content}:
        return content
    named = {} if result.name is None else {"name": result.name}
    return encode({**named, "content": content_value(content)}).replace(_RESPONSE_END, "<\\/tool_response>")


def content_text(value: JSON) -> str:
    """A result's content as text."""
    return value if isinstance(value, str) else encode(value)


def content_value(content: str) -> JSON:
    """A result's content as a JSON value where that is written back as the same text, else the text."""
    if not content.startswith(("{", "[")):
        return content
    found = decode(content)
    exact = found.error is None and not found.not_finite and not isinstance(found.value, str)
    return found.value if exact and encode(found.value) == content else content


def result_list(message: Result) -> list[AnyMessage]:
    """The results of a turn whose text is a list of `{"name", "results"}` objects; any other turn as it is.

    Other keys of such an object are kept with its result.
    """
    value = decode(message.content).value if message.content.lstrip().startswith(("[", "{")) else None
    items = value if isinstance(value, list) else [value]
    if not items or not all(_is_result(item) for item in items):
        return [message]
    found: list[AnyMessage] = []
    for index, item in enumerate(items):
        result = result_at(message, content_text(item["results"]), index, item.get("name"))
        rest = {key: value for key, value in item.items() if key not in ("name", "results")}
        found.append(result.model_copy(update={"extra": {**rest, **result.extra}}))
    return found


def _is_result(item: JSON) -> bool:
    return isinstance(item, dict) and "results" in item and isinstance(item.get("name"), str | None)


def result_items(results: Iterable[Result]) -> list[JSON]:
    """Results as `{"name", "results"}` objects; one without a name has no such key."""
    return [
        {**({} if result.name is None else {"name": result.name}), "results": content_value(result.content)}
        for result in results
    ]


def turns(messages: Iterable[AnyMessage]) -> Iterator[AnyMessage | list[Result]]:
    """The messages, with results in a row as one list; a result with leftovers begins its own."""
    for is_result, group in groupby(messages, key=lambda message: isinstance(message, Result)):
        found = list(group)
        yield from _together([message for message in found if isinstance(message, Result)]) if is_result else found


def _together(results: list[Result]) -> Iterator[list[Result]]:
    step: list[Result] = []
    for result in results:
        if step and result.extra:
            yield step
            step = []
        step.append(result)
    yield step
