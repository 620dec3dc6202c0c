"""Merge what LLaMA-Factory allows only once: results of one step into one observation, calls in a row into one turn.

Source: LLaMA-Factory 0.9.5, data/converter.py: human or observation and gpt or function_call must alternate strictly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Result

ParallelResults = Literal["list", "qwen"]
"""How several results of one step are written into one observation: a JSON list, or Qwen's response tags."""

_QWEN_BORDER = "\n</tool_response>\n<tool_response>\n"


def one_step_per_turn(conversation: Conversation, parallel_results: ParallelResults = "list") -> Conversation:
    """The conversation with results in a row merged into one, in the order of their calls where they name them.

    With `qwen` they are joined by the tags that LLaMA-Factory's Qwen templates put around one observation, so that
    the rendered text equals one tagged block a result; with `list` they become a JSON list.
    """
    messages: list[AnyMessage] = []
    for is_result, group in groupby(conversation.messages, key=lambda message: message.role == "tool"):
        if not is_result:
            messages += group
            continue
        results = [message for message in group if isinstance(message, Result)]
        before = messages[-1] if messages else None
        messages.append(_merged(results, before, parallel_results))
    if len(messages) == len(conversation.messages):
        return conversation
    return conversation.model_copy(update={"messages": tuple(messages)})


def _merged(results: Sequence[Result], before: AnyMessage | None, how: ParallelResults) -> Result:
    if len(results) == 1:
        return results[0]
    ordered = _by_call(results, before)
    contents = [result.content for result in ordered]
    text = _QWEN_BORDER.join(contents) if how == "qwen" else encode([_decoded(content) for content in contents])
    return ordered[0].model_copy(update={"content": text, "call_id": None, "name": None})


def _by_call(results: Sequence[Result], before: AnyMessage | None) -> list[Result]:
    """The results in the order of the calls that they answer; as written where an id is missing or unknown."""
    ids = [call.id for call in before.calls] if isinstance(before, Assistant) else []
    if any(result.call_id is None or result.call_id not in ids for result in results):
        return list(results)
    return sorted(results, key=lambda result: ids.index(result.call_id))


def _decoded(content: str) -> JSON:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content
