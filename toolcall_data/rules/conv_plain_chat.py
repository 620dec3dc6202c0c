"""conv.plain_chat: rows without tools and calls."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule, Severity


class ConvPlainChat(Rule):
    """A statistic: rows without tools and calls.

    What it does:
        Counts rows that offer no tools and call none. The rule runs only when it is named.

    Why it matters:
        They keep the model's general abilities, and dilute what the set teaches about tools: whoever mixes should
        know how many there are.

    Example:
        human 「你好」, gpt 「你好！」, with `"tools": ""`.

    What to do:
        Nothing where the share is meant; else set amounts under `mix` in the recipe.
    """

    chinese = """统计：既没有工具也没有调用的行。

    检查什么：
        数出不提供工具、也没有调用的行。只有点名才运行本规则。

    为什么重要：
        这种行能保住模型的通用能力，同时会稀释数据集在工具上的训练：混合数据的人应当知道有多少。

    例子：
        human「你好」、gpt「你好！」，`"tools": ""`。

    怎么办：
        占比符合预期就不用管，否则在配方的 `mix` 下设定数量。
    """
    code = "TC224"
    name = "conv.plain_chat"
    severity = Severity.INFO
    good = (FINE, row(human("你好"), gpt("你好！")))
    bad = (chat(human("你好"), gpt("你好！")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        has_tools = conversation.tools or any(problem.kind.startswith("tool.") for problem in conversation.problems)
        if conversation.messages and not conversation.calls and not has_tools:
            yield self.found(Prose("the row has no tools and no calls", "该行没有工具也没有调用"))
