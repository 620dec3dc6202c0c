"""info.num_samples: a number of rows that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered


class InfoNumSamples(InfoRule):
    """`num_samples` must be at least 1.

    What it does:
        Reports a `num_samples` of 0 or less. One that exceeds the rows is fine: rows are then repeated by chance.

    Why it matters:
        With 0 LLaMA-Factory ends with a bare `StopIteration`, with less with `Sample num mismatched`.

    Example:
        `"num_samples": 0`, meant to switch a dataset off.

    What to do:
        Leave a dataset that is not wanted out of `dataset`, and `num_samples` out of the entry for all rows.
    """

    chinese = """`num_samples` 至少为 1。

    检查什么：
        报告小于等于 0 的 `num_samples`。大于行数没有问题：行会被随机重复。

    为什么重要：
        为 0 时 LLaMA-Factory 以没有说明的 `StopIteration` 结束，为负时以 `Sample num mismatched` 结束。

    例子：
        想关掉某个数据集而写了 `"num_samples": 0`。

    怎么办：
        不要的数据集不写进 `dataset`；要全部行就不写 `num_samples`。
    """

    code = "TC914"
    name = "info.num_samples"
    good = (SOUND, entry(num_samples=1000))
    bad = (entry(num_samples=0), entry(num_samples=-1))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        number = (entry.keys or {}).get("num_samples")
        if type(number) is int and number < 1:
            error = "StopIteration" if number == 0 else "Sample num mismatched"
            text = Prose(
                f"`num_samples` is {number}: LLaMA-Factory ends with `{error}`",
                f"`num_samples` 是 {number}：LLaMA-Factory 会以 `{error}` 结束",
            )
            hint = Prose("leave it out to take every row", "要全部行就不写它")
            yield self.on_key(entry, text, "num_samples", hint=hint)
