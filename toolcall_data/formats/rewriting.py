"""A changed conversation written back into the row that it was read from, with nothing else of the row touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolcall_data.conversation.json_changes import same
from toolcall_data.conversation.json_merge import grafted, in_the_order_of, merged
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.formats.base import Format

Row = dict[str, JSON]


def rewritings(
    row: Row, form: Format, before: Conversation, after: Conversation, places: Iterable[str]
) -> Iterator[tuple[Row, Conversation]]:
    """The rows that say `after`, those first that change the least of `row`, each as it reads.

    `before` is what `row` reads as, `places` are pointers to what was wrong with it. There is none where the format
    cannot say the change, or not without another one.
    """
    base, new = form.write(before), form.write(after)
    tried: list[JSON] = [row]
    for candidate in (merged(row, base, new), grafted(row, new, places), in_the_order_of(row, new)):
        if any(same(candidate, other) for other in tried):
            continue
        tried.append(candidate)
        read = form.read(candidate, before.origin)
        if says_the_same(read, after):
            yield candidate, read


def says_the_same(one: Conversation, other: Conversation) -> bool:
    """Whether two conversations have the same content, however their calls and tools are written."""
    return same(_content(one), _content(other)) and _kinds(one) <= _kinds(other)


def _content(conversation: Conversation) -> list[JSON]:
    messages = [message.model_dump() for message in conversation.messages]
    for call in (call for message in messages for call in message.get("calls", ())):
        del call["raw"]
    tools = [tool.raw for tool in conversation.tools]
    return [conversation.system or "", tools, _plain(messages), conversation.extra]


def _plain(value: Any) -> JSON:
    """The value with lists for tuples, which a dump leaves as they are."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _kinds(conversation: Conversation) -> frozenset[str]:
    return frozenset(problem.kind for problem in conversation.problems)
