"""ds.same_turns_other_tools: one question with different tools."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, gpt, human, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._agreeing import AgreeingRule
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._row_keys import key_of, row_keys
from toolcall_data.rules.base import Severity

_DATES = tool("get_date")


class DsSameTurnsOtherTools(AgreeingRule):
    """A statistic: questions that are asked with different tools.

    What it does:
        Counts groups of rows in which the user says the same and other tools are offered. Rows without tools are left
        out. The rule runs only when it is named.

    Why it matters:
        Such rows are worth keeping: they teach the model to read the definitions instead of remembering the answer.
        A filter that goes by the question alone would throw them away.

    Example:
        「明天要带伞吗？」, once with `get_weather` and once with `get_date` only.

    What to do:
        Keep them. Deduplicate by row or dialogue, not by prompt.
    """

    chinese = """统计：用不同工具提出的同一问题。

    检查什么：
        数出用户说的话相同、提供的工具不同的各组行。没有工具的行不算。只有点名才运行本规则。

    为什么重要：
        这样的行值得保留：它们教模型读工具定义，而不是背答案。只看问题的去重会把它们扔掉。

    例子：
        「明天要带伞吗？」，一次提供 `get_weather`，一次只提供 `get_date`。

    怎么办：
        保留。去重时按行或按对话，不要只按问题。
    """
    code = "TC804"
    name = "ds.same_turns_other_tools"
    severity = Severity.INFO
    hint = Prose("keep them: they teach the model to read definitions", "保留它们：这样的行教模型读工具定义")
    good = ((FINE, FINE),)
    bad = (
        (
            row(human("明天要带伞吗？"), gpt("请问您在哪个城市？"), tools=[WEATHER]),
            row(human("明天要带伞吗？"), gpt("抱歉，我查不到天气。"), tools=[_DATES]),
        ),
    )

    def keys(self, conversation: Conversation) -> tuple[int, int] | None:
        if not conversation.tools or conversation.tools_only:
            return None
        keys = row_keys(conversation)
        return keys.prompt, key_of(str(keys.prompt), str(keys.tools))

    def say(self, count: int, others: Prose) -> Prose:
        return Prose(
            f"the same question with {count:,} different lists of tools: also {others}",
            f"同一问题配有 {count:,} 种不同的工具列表，另见{others.zh}",
        )
