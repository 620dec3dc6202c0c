"""When2Call: messages whose calls are `<TOOLCALL>` text, tools as a list of objects or of JSON strings.

Source: NVIDIA/When2Call, its training sets for fine-tuning and for preferences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Origin
from toolcall_data.formats._text_rows import messages_of
from toolcall_data.formats._text_steps import spoken_step, steps_read
from toolcall_data.formats._written_calls import Notation, known_tools
from toolcall_data.formats.openai import OpenAI

_NOTATIONS: tuple[Notation, ...] = ("toolcall",)
_CALLS = re.compile(r"<TOOLCALL>\s*[\[{]")
_PREFERENCE = ("chosen_response", "rejected_response")


class When2Call(OpenAI):
    """Calls are `<TOOLCALL>[{...}]</TOOLCALL>`; the two answers of a preference row stay among its further keys."""

    name = "when2call"
    title = "When2Call: <TOOLCALL> text in messages, preference rows with chosen_response and rejected_response"
    extends = "openai"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "tools": [
            '{"name": "get_temperature", "description": "查询气温", "parameters": {"type": "object", "properties": '
            '{"city": {"type": "string", "description": "城市"}}, "required": ["city"]}}'
        ],
        "messages": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": '<TOOLCALL>[{"name": "get_temperature", "arguments": {"city": "上海"}}]</TOOLCALL>',
            },
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        found = messages_of(row)
        if any(role == "assistant" and _CALLS.search(text) for role, text in found):
            return "messages hold `<TOOLCALL>`"
        if found and "tools" in row and all(isinstance(row.get(key), dict) for key in _PREFERENCE):
            return "has `messages`, `chosen_response` and `rejected_response`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(_with_tools(row), origin)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            return [spoken_step(message, row, known, _NOTATIONS)] if isinstance(message, Assistant) else [message]

        return steps_read(conversation, step) if self.recognise(row) else conversation


def _with_tools(row: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """The row with tools that were JSON strings as objects."""
    tools = row.get("tools")
    if not isinstance(tools, list) or not any(isinstance(tool, str) for tool in tools):
        return row
    return {**row, "tools": [_object(tool) for tool in tools]}


def _object(tool: JSON) -> JSON:
    found = decode(tool) if isinstance(tool, str) else None
    return found.value if found is not None and isinstance(found.value, dict) else tool
