"""tool.too_many: more tools than a model can choose from."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules.base import Finding, Rule, Severity

_MOST = 64


class ToolTooMany(Rule):
    """A row should not offer more than 64 tools.

    What it does:
        Reports a row with more than 64 tools.

    Why it matters:
        LLaMA-Factory prints them all before the question and cuts what exceeds `cutoff_len` without a word: the
        question may be gone while the call is still trained. OpenAI's API takes 128 at most.

    Example:
        A row that lists every method of a large API.

    What to do:
        Keep the tools that are called and some that are close to them.
    """

    chinese = """一行里的工具不应超过 64 个。

    检查什么：
        报告工具超过 64 个的行。

    为什么重要：
        LLaMA-Factory 把所有工具打印在问题之前，超出 `cutoff_len` 的部分会被悄悄截掉：问题可能没了，调用却照样训练。
        OpenAI 接口最多接受 128 个。

    例子：
        一行里列出了某个大型 API 的所有方法。

    怎么办：
        保留被调用的工具，以及一些与它们相近的工具。
    """

    code = "TC344"
    name = "tool.too_many"
    severity = Severity.WARNING
    looks_at = "tools"
    compares_tools = True
    good = (FINE,)
    bad = (offers(*[tool(f"read_sensor_{number}") for number in range(65)]),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        count = len(conversation.tools)
        if count > _MOST:
            text = Prose(f"offers {count} tools, more than {_MOST}", f"提供了 {count} 个工具，超过 {_MOST} 个")
            yield self.on_tool(conversation, _MOST, text)
