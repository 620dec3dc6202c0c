"""tool.item_not_object: a definition that is no object."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.json_text import encode, kind_of
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
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

    chinese = """每个工具都必须是对象。

    检查什么：
        报告工具列表里是字符串、列表、数字或 null 的元素。

    为什么重要：
        LLaMA-Factory 会以 `'str' object has no attribute 'get'` 中断整个训练。

    例子：
        `["get_weather"]`，或列表元素又被编码了一次 JSON。

    怎么办：
        把每个定义写成含有 `name`、`description` 和 `parameters` 的对象。
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
                kind = kind_of(tool.raw)
                text = Prose(f"a tool is an object, this is {kind}", f"工具应当是对象，这里是 {kind}")
                yield self.on_tool(conversation, index, text)
