"""The converter of `formatting: openai`, which changes what it reads: the system prompt, results and text beside calls.

Source: LLaMA-Factory 0.9.5, data/converter.py (OpenAIDatasetConverter).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.outcome import EndedError, Outcome, aborting, alters, drops
from toolcall_data.target.registration import Registration
from toolcall_data.target.turns import (
    EVEN,
    ODD,
    Converted,
    Turn,
    field_of,
    finished,
    is_led,
    message_cause,
    messages_of,
    out_of_turn,
    refuse_count,
    refuse_pairs,
    roles_of,
)
from toolcall_data.target.unread import WITHOUT


def openai(row: Mapping[str, JSON], tags: Registration) -> Converted:
    """The row after conversion.

    Raises:
        EndedError: the row is dropped, or the job aborts.
    """
    messages = messages_of(row, tags)
    led, at = is_led(messages, tags), item_at(tags.messages or "")
    with aborting(message_cause(tags), at):
        system = field_of(messages[0], tags.content_tag) if led else row.get(tags.system or "") or ""
        merged = _merged(messages[1:] if led else messages, tags, int(led))
    _refuse_order(merged.turns)
    refuse_count(merged.turns, at)
    refuse_pairs(row, tags, dict)
    tools = row.get(tags.tools) if tags.tools else ""
    system_at = item_at(tags.messages or "", 0, tags.content_tag or "") if led else item_at(tags.system or "")
    with aborting(Prose("the system prompt is no string", "系统提示不是字符串"), system_at):
        rewritten = _rewritten(system, bool(tools))
    if rewritten != system:
        merged.altered.append(alters(_SYSTEM_EDITED, rewritten, system_at))
    found = finished(row, tags, merged.turns, rewritten, tags.system, system_at)
    return replace(
        found,
        tools=encode(tools) if isinstance(tools, dict | list) else tools,
        altered=(*merged.altered, *found.altered),
        joined=tuple(merged.joined),
    )


def _refuse_order(turns: list[Turn]) -> None:
    for index, turn in enumerate(turns):
        wanted = EVEN if index % 2 else ODD
        if turn.role not in wanted:
            raise EndedError(drops(out_of_turn(turn.role, index, list(wanted)), turn.at))


_SYSTEM_EDITED = Prose(
    "`formatting: openai` changes the system prompt of every row, with or without tools, for some models' sake",
    "`formatting: openai` 会为个别模型改动每一行的系统提示，有无工具都一样",
)
_OFF = "detailed thinking off"


def _rewritten(system: JSON, has_tools: bool) -> JSON:
    """The system prompt after the changes that this converter makes for Ling and Nemotron."""
    if not system:
        return system if has_tools else _OFF
    if not has_tools and ("detailed thinking on" in system or _OFF in system):
        return system
    rewritten = copy(system)
    rewritten += "\n" if has_tools else f"\n{_OFF}"
    return rewritten


@dataclass
class _Merged:
    """Turns in the making: results that wait for the next turn to be joined, and what is lost or joined on the way."""

    turns: list[Turn] = field(default_factory=list)
    results: list[JSON] = field(default_factory=list)
    altered: list[Outcome] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)

    def flush(self, at: str) -> None:
        if self.results:
            self.turns.append(Turn("observation", _JOIN.join(self.results), at))
            self.joined += [at] if len(self.results) > 1 else []
            self.results = []


def _merged(messages: JSON, tags: Registration, first: int) -> _Merged:
    """The turns of OpenAI messages, results in a row joined into one."""
    roles, merged, place = roles_of(tags), _Merged(), ""
    for index, message in enumerate(messages):
        before, place = place, item_at(tags.messages or "", index + first)
        tag, content = field_of(message, tags.role_tag), field_of(message, tags.content_tag)
        at = f"{place}/{tags.content_tag}"
        if tag in (tags.assistant_tag, tags.function_tag) and (calls := message.get("tool_calls")):
            if content:
                merged.altered.append(alters(_TEXT_LOST, Prose("the calls alone", "只有调用"), at))
            tag, content, at = tags.function_tag, encode([_function(call) for call in calls]), f"{place}/tool_calls"
        if message.get("reasoning_content"):
            merged.altered.append(alters(_REASONING_LOST, WITHOUT, f"{place}/reasoning_content"))
        if tag == tags.observation_tag:
            merged.results.append(content)
            continue
        merged.flush(before)
        merged.turns.append(Turn(roles[tag], content, at))
    if merged.results:
        merged.altered.append(alters(_RESULTS_LOST, WITHOUT, place))
    return merged


def _function(call: JSON) -> JSON:
    found = field_of(call, "function")
    return {"name": None, "arguments": None, **found} if isinstance(found, dict) else found


_JOIN = "\n</tool_response>\n<tool_response>\n"
_TEXT_LOST = Prose(
    "`formatting: openai` drops the text that stands beside tool calls",
    "`formatting: openai` 会丢掉与工具调用并列的文字",
)
_REASONING_LOST = Prose("the key `reasoning_content` is never read", "`reasoning_content` 这个键从不被读取")
_RESULTS_LOST = Prose(
    "`formatting: openai` drops tool results that end a row", "`formatting: openai` 会丢掉一行末尾的工具结果"
)
