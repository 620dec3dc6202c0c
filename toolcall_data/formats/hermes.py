"""Hermes function calling: sharegpt turns with tools in the system text, `<tool_call>` and `<tool_response>` blocks.

Source: the data set NousResearch/hermes-function-calling-v1 and the chat template of the models trained on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Origin, Result, User
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._text_rows import EXAMPLE_TOOL, system_text, turns_of
from toolcall_data.formats._text_steps import (
    call_blocks,
    has_steps,
    named_body,
    named_results,
    response_blocks,
    spoken_step,
    spoken_text,
    steps_read,
    turns,
)
from toolcall_data.formats._written_calls import known_tools
from toolcall_data.formats.base import Trait, with_leftovers
from toolcall_data.formats.sharegpt import Meaning, ShareGPT, Tags

_HEAD = (
    "You are a function calling AI model. You are provided with function signatures within <tools></tools> XML tags. "
    "You may call one or more functions to assist with the user query. Don't make assumptions about what values to "
    "plug into functions."
)
_TAIL = (
    "For each function call return a json object with function name and arguments within <tool_call></tool_call> "
    "XML tags as follows:"
)
_FORM = '<tool_call>\n{"name": <function-name>, "arguments": <args-dict>}\n</tool_call>'


def _words(text: str) -> str:
    """A pattern for the text, however its words are spaced and tags are parted."""
    return r"\s+".join(re.escape(word) for word in text.split()).replace("><", r">\s*<")


LISTING = Listing(
    head=f"{_HEAD} Here are the available tools:\n<tools>\n",
    tail=f"\n</tools>\n{_TAIL}\n{_FORM}",
    layout="list",
    begins=re.compile(r"<tools>\s*(?=[\[{])"),
    ends=re.compile(r"\s*</tools>"),
    head_known=re.compile(rf"{_words(_HEAD)}(?:\s+Here\s+are\s+the\s+available\s+tools:)?"),
    tail_known=re.compile(
        r"\.?\s*(?:Use the following pydantic model json schema for each tool call you will make:\s*\{[^<]*\}\s*)?"
        rf"{_words(_TAIL)}\s*<tool_call>\s*\{{[^{{}}]*\}}\s*</tool_call>"
    ),
)


class Hermes(ShareGPT):
    """Tools, calls and results are text.

    The sentences that tell a Hermes model how to call (its published prompt, up to the form of a call) are dropped from
    the system prompt, since writing puts them around the tools again; every other sentence stays.
    """

    name = "hermes"
    title = "Hermes function calling: sharegpt turns, tools in the system text, <tool_call> and <tool_response>"
    extends = "sharegpt"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_ERRORS,
        Trait.WEIGHTS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    loses = ("how a prompt of another wording told the model to call",)
    example: ClassVar[dict[str, JSON]] = {
        "conversations": [
            {
                "from": "system",
                "value": LISTING.joined(None, [EXAMPLE_TOOL]),
            },
            {"from": "human", "value": "上海和北京今天多少度？"},
            {
                "from": "gpt",
                "value": '<tool_call>\n{"name": "get_temperature", "arguments": {"city": "上海"}}\n</tool_call>\n'
                '<tool_call>\n{"name": "get_temperature", "arguments": {"city": "北京"}}\n</tool_call>',
            },
            {
                "from": "tool",
                "value": '<tool_response>\n{"name": "get_temperature", "content": {"celsius": 21}}\n</tool_response>\n'
                '<tool_response>\n{"name": "get_temperature", "content": {"celsius": 9}}\n</tool_response>',
            },
            {"from": "gpt", "value": "上海今天 21 度，北京 9 度。"},
        ],
    }

    def __init__(self) -> None:
        super().__init__(tags=Tags(observation_tag="tool"))

    def _meaning(self, tag: str) -> Meaning | None:
        return "tool" if tag == "observation" else super()._meaning(tag)

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        found = turns_of(row)
        system = row.get("system")
        listed = LISTING.is_in(system_text(found) or (system if found and isinstance(system, str) else None))
        return "turns with `from` and `value`, `<tools>` in the system text" if listed else None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(row, origin)
        if self.recognise(row) is None:
            return conversation
        conversation = with_listed_tools(conversation, LISTING)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            if isinstance(message, Assistant):
                return [spoken_step(message, row, known, ("tool_call", "xml"))]
            if isinstance(message, Result):
                return named_results(message, message.content)
            return named_results(message, message.text) if isinstance(message, User) else [message]

        return steps_read(conversation, step)

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; without tools, calls and results it is that of `sharegpt`."""
        if not has_steps(conversation):
            return super().write(conversation)
        system = {"from": "system", "value": LISTING.joined(conversation.system, conversation.tools)}
        said = [
            self._results(turn) if isinstance(turn, list) else self._item(turn) for turn in turns(conversation.messages)
        ]
        return with_leftovers({"conversations": [system, *said]}, conversation.extra)

    def _results(self, results: list[Result]) -> dict[str, JSON]:
        blocks = response_blocks(named_body(result) for result in results)
        return with_leftovers({"from": "tool", "value": blocks}, results[0].extra)

    def _tag_and_value(self, message: AnyMessage) -> tuple[JSON, JSON]:
        if isinstance(message, Assistant):
            return "gpt", spoken_text(message, call_blocks(message.calls))
        return super()._tag_and_value(message)
