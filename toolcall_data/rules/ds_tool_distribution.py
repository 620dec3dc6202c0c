"""ds.tool_distribution: which tools the calls are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import ShareRule, called, percent
from toolcall_data.rules.base import Finding, Severity

_SHOWN = 8


class DsToolDistribution(ShareRule):
    """A statistic: which tools are called, and how often.

    What it does:
        Counts the calls of all files of the input by the tool's name, and names the eight most frequent ones and how
        many tools are called only once. The rule runs only when it is named.

    Why it matters:
        What is called often is learnt well. A few tools with most of the calls make a model that knows those.

    Example:
        216 calls of 74 tools: `calculate_discount` 8 %, `calculate_bmi` 6 % …

    What to do:
        Compare it with what the model shall do, and mix accordingly. `ds.head_share` warns of extremes.
    """

    chinese = """统计：调用了哪些工具，各多少次。

    检查什么：
        按工具名统计输入的所有文件里的调用，列出次数最多的八个，以及只被调用一次的工具数。只有点名才运行本规则。

    为什么重要：
        常被调用的工具学得好。如果少数工具占了大部分调用，模型就只会那几个。

    例子：
        74 个工具共 216 次调用：`calculate_discount` 8 %，`calculate_bmi` 6 % ……

    怎么办：
        对照模型将来要做的事来调整配比。极端情况由 `ds.head_share` 警告。
    """
    code = "TC805"
    name = "ds.tool_distribution"
    severity = Severity.INFO
    holds = "a counter for each tool name"
    good = ((chat(human("你好"), gpt("你好！")),),)
    bad = ((FINE, FINE),)

    def count(self, conversation: Conversation) -> Sequence[str]:
        return called(conversation)

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        if not counts:
            return
        total, single = counts.total(), sum(count == 1 for count in counts.values())
        largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        shown = ", ".join(f"`{name}` {percent(count, total)}" for name, count in largest)
        yield self.found(
            Prose(
                f"{total:,} calls of {len(counts):,} tools, {single:,} of them called once: {shown}",
                f"{len(counts):,} 个工具共 {total:,} 次调用，其中 {single:,} 个只调用一次：{shown}",
            )
        )
