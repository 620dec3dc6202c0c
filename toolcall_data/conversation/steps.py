"""Steps of a conversation: the results that follow one message with calls, matched to its calls and merged into one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Result

ParallelResults = Literal["list", "qwen"]
"""How several results of one step are written into one: a JSON list, or Qwen's response tags."""

_QWEN_BORDER = "\n</tool_response>\n<tool_response>\n"


def results_in_call_order(conversation: Conversation) -> Conversation:
    """The conversation with the results of each step in the order of their calls, where all of them name one."""
    messages: list[AnyMessage] = []
    for is_result, group in groupby(conversation.messages, key=lambda message: message.role == "tool"):
        found = list(group)
        messages += _by_call(_results(found), messages[-1] if messages else None) if is_result else found
    return conversation.model_copy(update={"messages": tuple(messages)})


def results_merged(conversation: Conversation, how: ParallelResults = "list") -> Conversation:
    """The conversation with results in a row merged into one, in the order of their calls where they name them."""
    messages: list[AnyMessage] = []
    for is_result, group in groupby(conversation.messages, key=lambda message: message.role == "tool"):
        found = list(group)
        before = messages[-1] if messages else None
        messages += [_merged(_by_call(_results(found), before), how)] if is_result else found
    if len(messages) == len(conversation.messages):
        return conversation
    return conversation.model_copy(update={"messages": tuple(messages)})


def _results(messages: Sequence[AnyMessage]) -> list[Result]:
    return [message for message in messages if isinstance(message, Result)]


def _by_call(results: list[Result], before: AnyMessage | None) -> list[Result]:
    """The results in the order of the calls that they answer; as written where an id is missing or unknown."""
    ids = [call.id for call in before.calls] if isinstance(before, Assistant) else []
    if any(result.call_id is None or result.call_id not in ids for result in results):
        return results
    return sorted(results, key=lambda result: ids.index(result.call_id))


def _merged(results: Sequence[Result], how: ParallelResults) -> Result:
    if len(results) == 1:
        return results[0]
    contents = [result.content for result in results]
    text = _QWEN_BORDER.join(contents) if how == "qwen" else encode([_decoded(content) for content in contents])
    return results[0].model_copy(update={"content": text, "call_id": None, "name": None})


def _decoded(content: str) -> JSON:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content
