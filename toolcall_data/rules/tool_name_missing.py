"""tool.name_missing: a tool without a name."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
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

    chinese = """每个工具都必须有名字。

    检查什么：
        报告没有 `name`、`name` 为空或不是字符串的定义。

    为什么重要：
        LLaMA-Factory 的 `default`、`glm4` 和 `gemma4` 模板会以 `KeyError: 'name'` 中断训练；其他模板会打印出一个任何
        调用都叫不出名字的工具。

    例子：
        `{"description": "查询天气", "parameters": {...}}`

    怎么办：
        按调用里的名字给工具命名。
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
                has_some = bool(tool.definition.get("name"))
                text = (
                    Prose("the tool's name is no string", "工具的名字不是字符串")
                    if has_some
                    else Prose("the tool has no name", "工具没有名字")
                )
                yield self.on_tool(conversation, index, text)
