"""ds.head_share: one tool that has too many of the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shares import ShareRule, called, percent
from toolcall_data.rules.base import Finding


def _calls(name: str) -> dict[str, JSON]:
    turns = (human(f"用一下 {name}"), call(name), observation({"ok": True}), gpt("好了。"))
    return row(*turns, tools=[tool(name)])


class DsHeadShare(ShareRule):
    """No tool should have a large part of all calls.

    What it does:
        Counts the calls of all files of the input by the tool's name. Reports the most frequent tool where it has more
        than 30 % of the calls and more than three times an equal share, in sets of at least 200 calls.

    Why it matters:
        The model learns that this call is usually right, and makes it where another tool, or none, is asked for.

    Example:
        `search` has 140 of 230 calls, eleven other tools share the rest.

    What to do:
        Drop some of its rows, or give the others more weight.
    """

    chinese = """一个工具不应占去大部分调用。

    检查什么：
        按工具名统计输入的所有文件里的调用。调用总数不少于 200 时，如果最常用的工具超过全部调用的 30 %，
        并且超过平均份额的三倍，就报告。

    为什么重要：
        模型会学到这个调用通常是对的，于是在该用别的工具、或什么都不该调用时也去调用它。

    例子：
        230 次调用里 `search` 占 140 次，另外十一个工具分剩下的。

    怎么办：
        删掉它的一部分行，或加大其他工具的权重。
    """
    code = "TC806"
    name = "ds.head_share"
    holds = "a counter for each tool name"
    MOST = 0.3
    """With a third of the calls one tool outweighs a dozen others; published mixed sets keep their head below 10 %."""
    MOST_EQUAL_SHARES = 3
    """A set for four tools gives each a quarter: that is no head."""
    good = (
        (FINE,) * 50,
        (FINE, _calls("b")) * 120,
        tuple(_calls(f"tool_{number % 20}") for number in range(240)),
    )
    bad = (tuple(_calls("search" if number % 3 else f"tool_{number % 11}") for number in range(240)),)

    def count(self, conversation: Conversation) -> Sequence[str]:
        return called(conversation)

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        total = counts.total()
        if total < self.FEWEST:
            return
        name, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if most > self.MOST * total and most > self.MOST_EQUAL_SHARES * total / len(counts):
            share = percent(most, total)
            yield self.found(
                Prose(
                    f"`{name}` has {share} of the {total:,} calls of {len(counts):,} tools",
                    f"{len(counts):,} 个工具共 {total:,} 次调用，`{name}` 占 {share}",
                ),
                hint=Prose("drop some of its rows, or weight the others up", "删掉它的一部分行，或加大其他工具的权重"),
            )
