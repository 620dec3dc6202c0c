"""tool.name_duplicate: two tools of one name."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row, tool
from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.prose import Prose
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

    chinese = """一行里的工具不能同名。

    检查什么：
        报告与前面某个工具同名的工具。

    为什么重要：
        LLaMA-Factory 两个都打印。调用无法说明指的是哪一个，参数也就无法判断。

    例子：
        两个 `search`，一个参数是 `query`，另一个是 `keywords`。

    怎么办：
        给其中一个改名，调用里也一起改。两个定义完全相同时，自动修复删掉后一个。
    """

    code = "TC305"
    name = "tool.name_duplicate"
    looks_at = "tools"
    compares_tools = True
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
                how, how_zh = ("the same definition", "相同") if same else ("another definition", "不同")
                text = Prose(
                    f"an earlier tool is named `{name}` too, with {how}", f"前面已有名为 `{name}` 的工具，定义{how_zh}"
                )
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
