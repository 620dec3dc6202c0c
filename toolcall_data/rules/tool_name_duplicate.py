"""tool.name_duplicate: two tools of one name."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row, tool
from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.rules._edit import with_tools
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule


class ToolNameDuplicate(Rule):
    """No two tools of a row may share a name.

    What it does:
        Reports a tool whose name an earlier tool of the row has.

    Why it matters:
        LLaMA-Factory prints both. A call cannot say which is meant, so its arguments cannot be judged either.

    Example:
        Two tools `search`, one with `query`, the other with `keywords`.

    What to do:
        Rename one of them, in the calls as well. Of two equal definitions the fix removes the second.
    """

    code = "TC305"
    name = "tool.name_duplicate"
    looks_at = "tools"
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[WEATHER, WEATHER]),
        row(human("你好"), gpt("你好！"), tools=[WEATHER, tool("get_weather", place={"type": "string"})]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        earlier: dict[str, list[Tool]] = {}
        for index, found in enumerate(conversation.tools):
            name = found.name
            if name is None:
                continue
            if name in earlier:
                same = any(other.definition == found.definition for other in earlier[name])
                how = "the same definition" if same else "another definition"
                text = f"an earlier tool is named `{name}` too, with {how}"
                yield self.on_tool(conversation, index, text, inside=_name_at(found), mends=same)
            earlier.setdefault(name, []).append(found)

    def fix(self, conversation: Conversation) -> Conversation:
        left: list[Tool] = []
        for found in conversation.tools:
            if found.name is None or all(found.definition != other.definition for other in left):
                left.append(found)
        return with_tools(conversation, left) if len(left) < len(conversation.tools) else conversation


def _name_at(found: Tool) -> str:
    return "/function/name" if found.is_wrapped else "/name"
