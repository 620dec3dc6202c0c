"""tool.empty_list: no tools, written as an empty list."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules.base import Finding, Rule


def _writes_no_tools(conversation: Conversation) -> bool:
    """Whether there is a text of tools and no tool."""
    return conversation.tools_text is not None and not conversation.tools


class ToolEmptyList(Rule):
    """No tools must be written as an empty string, not as an empty list.

    What it does:
        Reports a `tools` string that holds an empty list, in a row without calls.

    Why it matters:
        LLaMA-Factory takes `[]` for tools: qwen3, llama3, glm4, mistral and others then print an empty system block
        into the prompt, which no server prints. A hundred of the 300 rows of its own Chinese demo set are like this.

    Example:
        `"tools": "[]"`

    What to do:
        Write `"tools": ""` (the fix does).
    """

    chinese = """没有工具应写成空字符串，而不是空列表。

    检查什么:
        报告没有调用、而 `tools` 字符串是空列表的行。

    为什么重要:
        LLaMA-Factory 把 `[]` 当成有工具：qwen3、llama3、glm4、mistral 等模板会在提示里打印一个空的系统块，
        而推理服务不会这样做。它自带的中文示例集 300 行里有一百行如此。

    例子:
        `"tools": "[]"`

    怎么办:
        写成 `"tools": ""`（自动修复会做）。
    """

    code = "TC351"
    name = "tool.empty_list"
    only_if = OfTools(_writes_no_tools)
    applicability = "safe"
    good = (FINE, chat(human("你好"), gpt("你好！")))
    bad = ({**chat(human("你好"), gpt("你好！")), "tools": "[]"},)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if _is_empty_list(conversation):
            text = Prose("the tools are an empty list", "工具是空列表")
            yield self.found(text, at=conversation.tools_at, excerpt=conversation.tools_text or "")

    def fix(self, conversation: Conversation) -> Conversation:
        return conversation.model_copy(update={"tools_text": ""}) if _is_empty_list(conversation) else conversation


def _is_empty_list(conversation: Conversation) -> bool:
    """Whether the tools are the text of an empty list; with calls in the row, `conv.calls_no_tools` speaks."""
    text = conversation.tools_text
    if not text or conversation.tools or conversation.calls:
        return False
    return "".join(text.split()) == "[]"
