"""row.key_missing: a row without a key that its format needs."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human
from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import ProblemRule


class RowKeyMissing(ProblemRule):
    """A row must have the keys that its format needs.

    What it does:
        Reports a row without its messages (`conversations`, or the column that dataset_info.json names), or without
        instruction or output, and names the key that looks like it. A key that is null counts as missing.

    Why it matters:
        LLaMA-Factory ends with `KeyError: 'conversations'`, or with `object of type 'NoneType' has no len()`; an
        alpaca row without its output is dropped.

    Example:
        `{"conversation": [...]}`: the key is `conversations`.

    What to do:
        Rename the key in the data, or map the column in dataset_info.json; `columns` there must then name all of them.
    """

    chinese = """一行必须有其格式需要的键。

    检查什么：
        该行没有消息（`conversations`，或 dataset_info.json 指定的列），或没有 instruction、output；
        同时指出看起来相近的键。值为 null 的键按缺失算。

    为什么重要：
        LLaMA-Factory 以 `KeyError: 'conversations'` 或 `object of type 'NoneType' has no len()` 中断；
        没有 output 的 alpaca 行会被丢弃。

    例子：
        `{"conversation": [...]}`：键名应是 `conversations`。

    怎么办：
        改数据里的键名，或在 dataset_info.json 里映射这一列；写了 `columns` 就必须把所有列都写上。
    """
    code = "TC105"
    name = "row.key_missing"
    good = (FINE,)
    bad = ({"conversation": [human("你好"), gpt("你好！")]}, {"conversations": None, "tools": ""})

    def say(self, problem: Problem) -> Prose:
        return in_both(problem.detail)
