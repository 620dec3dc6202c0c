"""tool.item_not_object: a definition that is no object."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule


class ToolItemNotObject(Rule):
    """Every tool must be an object.

    What it does:
        Reports an item of the tool list that is a string, a list, a number or null.

    Why it matters:
        LLaMA-Factory ends the whole job with `'str' object has no attribute 'get'`.

    Example:
        `["get_weather"]`, or a list whose items are encoded as JSON a second time.

    What to do:
        Write each definition as an object with `name`, `description` and `parameters`.
    """

    code = "TC303"
    name = "tool.item_not_object"
    looks_at = "tools"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=["get_weather"]),
        row(human("你好"), gpt("你好！"), tools=[encode(WEATHER)]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if not isinstance(tool.raw, dict):
                yield self.on_tool(conversation, index, f"a tool is an object, this is {kind_of(tool.raw)}")
