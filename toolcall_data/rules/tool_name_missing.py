"""tool.name_missing: a tool without a name."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule


class ToolNameMissing(Rule):
    """Every tool must have a name.

    What it does:
        Reports a definition without `name`, with an empty one, or with one that is no string.

    Why it matters:
        The `default`, `glm4` and `gemma4` templates of LLaMA-Factory end the job with `KeyError: 'name'`; the others
        print a tool that no call can name.

    Example:
        `{"description": "查询天气", "parameters": {...}}`

    What to do:
        Name the tool as the calls do.
    """

    code = "TC304"
    name = "tool.name_missing"
    looks_at = "tools"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[{key: WEATHER[key] for key in ("description", "parameters")}]),
        row(human("你好"), gpt("你好！"), tools=[{**WEATHER, "name": ""}]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if isinstance(tool.raw, dict) and tool.name is None:
                said = "the tool has no name" if not tool.definition.get("name") else "the tool's name is no string"
                yield self.on_tool(conversation, index, said)
