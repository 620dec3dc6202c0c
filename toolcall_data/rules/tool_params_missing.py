"""tool.params_missing: a tool without parameters."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, gpt, human, row
from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_definition, with_tools
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule

_OTHER_NAMES = ("inputSchema", "input_schema", "parameters_schema", "params", "args", "arguments")


class ToolParamsMissing(Rule):
    """Every tool must say what arguments it takes.

    What it does:
        Reports a definition without `parameters`, or with `parameters: null`.

    Why it matters:
        LLaMA-Factory's `default` template ends the job with `KeyError: 'parameters'`; the others print a tool without
        arguments, so that the model must guess them.

    Example:
        `{"name": "now", "description": "当前时间"}`

    What to do:
        Add the schema. The fix adds an empty object, which is right for a tool that takes no arguments.
    """

    chinese = """每个工具都必须写明它的参数。

    检查什么：
        报告没有 `parameters` 或 `parameters` 为 null 的定义。

    为什么重要：
        LLaMA-Factory 的 `default` 模板以 `KeyError: 'parameters'` 中断训练；其他模板打印出一个没有参数的工具，模型
        只能猜。

    例子：
        `{"name": "now", "description": "当前时间"}`

    怎么办：
        补上模式。自动修复会加一个空对象，这只适合不需要参数的工具。
    """

    code = "TC306"
    name = "tool.params_missing"
    looks_at = "tools"
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(human("你好"), gpt("你好！"), tools=[{"name": "now", "description": "当前时间"}]),
        row(human("你好"), gpt("你好！"), tools=[{**WEATHER, "parameters": None}]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            if _lacks_parameters(tool):
                other = _other_name(tool)
                hint = Prose(f"its schema stands under `{other}`", f"它的模式写在 `{other}` 下面") if other else ""
                text = Prose(f"{named(tool)} has no `parameters`", f"{named_zh(tool)}没有 `parameters`")
                yield self.on_tool(conversation, index, text, hint=hint, mends=other is None)

    def fix(self, conversation: Conversation) -> Conversation:
        tools = [_mended(tool) for tool in conversation.tools]
        return conversation if tools == list(conversation.tools) else with_tools(conversation, tools)


def _lacks_parameters(tool: Tool) -> bool:
    return isinstance(tool.raw, dict) and tool.parameters is None


def _other_name(tool: Tool) -> str | None:
    return next((name for name in _OTHER_NAMES if name in tool.definition), None)


def _mended(tool: Tool) -> Tool:
    if not _lacks_parameters(tool) or _other_name(tool) is not None:
        return tool
    return with_definition(tool, {"parameters": {"type": "object", "properties": {}}})
