"""Messages rendered the way Qwen's chat templates render calls, but still messages: everything of a call is text.

Source: the chat templates of Qwen2.5, Qwen3 (JSON calls) and Qwen3-Coder (XML calls).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Origin, Result, User
from toolcall_data.formats._chat import other_item
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._text_rows import EXAMPLE_TOOL, messages_of, system_text
from toolcall_data.formats._text_steps import (
    call_blocks,
    has_steps,
    response_blocks,
    response_results,
    responses,
    spoken_step,
    spoken_text,
    steps_read,
    turns,
)
from toolcall_data.formats._written_calls import known_tools
from toolcall_data.formats.base import Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI

LISTING = Listing(
    head="# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n",
    tail="\n</tools>\n\nFor each function call, return a json object with function name and arguments within "
    '<tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n'
    "</tool_call>",
    layout="lines",
    begins=re.compile(r"<tools>\s*(?=[\[{])"),
    ends=re.compile(r"\s*</tools>"),
)


class QwenText(OpenAI):
    """Calls are `<tool_call>` text, results `<tool_response>` text in a user message, tools stand in the system text.

    Calls may be JSON or XML; JSON is written. The section `# Tools` of the template is dropped from the system prompt,
    since writing puts it around the tools again; a section of other wording stays, less its tools.
    """

    name = "qwen_text"
    title = "Qwen's wire text in messages: # Tools in the system text, <tool_call>, <tool_response> in user messages"
    extends = "openai"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_NAMES,
        Trait.RESULT_ERRORS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    loses = ("a result's own </tool_response> tags with another one's behind them",)
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {
                "role": "system",
                "content": LISTING.joined("你是天气助手。", [EXAMPLE_TOOL]),
            },
            {"role": "user", "content": "上海和北京今天多少度？"},
            {
                "role": "assistant",
                "content": "<think>\n两个城市都要查。\n</think>\n\n我来查一下。\n"
                '<tool_call>\n{"name": "get_temperature", "arguments": {"city": "上海"}}\n</tool_call>\n'
                '<tool_call>\n{"name": "get_temperature", "arguments": {"city": "北京"}}\n</tool_call>',
            },
            {
                "role": "user",
                "content": '<tool_response>\n{"celsius": 21}\n</tool_response>\n'
                '<tool_response>\n{"celsius": 9}\n</tool_response>',
            },
            {"role": "assistant", "content": "上海今天 21 度，北京 9 度。"},
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        found = messages_of(row)
        if LISTING.is_in(system_text(found)):
            return "messages with `role` and `content`, `<tools>` in the system text"
        if any(role == "user" and responses(text) is not None for role, text in found):
            return "a user message is nothing but `<tool_response>` blocks"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(row, origin)
        if self.recognise(row) is None:
            return conversation
        conversation = with_listed_tools(conversation, LISTING)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            match message:
                case Assistant():
                    return [spoken_step(message, row, known, ("tool_call", "xml"))]
                case User():
                    return response_results(message, message.text)
                case Result():
                    return response_results(message, message.content)
            return [message]

        return steps_read(conversation, step)

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; without tools, calls and results it is that of `openai`."""
        if not has_steps(conversation):
            return super().write(conversation)
        system = {"role": "system", "content": LISTING.joined(conversation.system, conversation.tools)}
        messages = [_results(turn) if isinstance(turn, list) else _item(turn) for turn in turns(conversation.messages)]
        return with_leftovers({"messages": [system, *messages]}, conversation.extra)


def _results(results: list[Result]) -> JSON:
    blocks = response_blocks(result.content for result in results)
    return with_leftovers({"role": "user", "content": blocks}, results[0].extra)


def _item(message: AnyMessage) -> JSON:
    if not isinstance(message, Assistant):
        return other_item(message)
    item: dict[str, JSON] = {"role": "assistant", "content": spoken_text(message, call_blocks(message.calls))}
    if message.weight is not None:
        item["weight"] = message.weight
    return with_leftovers(item, message.extra)
