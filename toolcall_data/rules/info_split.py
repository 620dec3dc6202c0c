"""info.split: a split that local files do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered

_PART = re.compile(r"train(\[-?\d*%?:-?\d*%?\])?")


class InfoSplit(InfoRule):
    """Local files have the split `train` only.

    What it does:
        Reports a `split` of a local dataset other than `train` or a slice of it, such as `train[:30%]`.

    Why it matters:
        All rows of local files are in the split `train`. LLaMA-Factory ends with `Unknown split "test"`.

    Example:
        `"file_name": "rows.jsonl", "split": "test"`.

    What to do:
        Leave `split` out, and register the rows to be held out as a file of their own.
    """

    chinese = """本地文件只有 `train` 这一个 split。

    检查什么：
        报告本地数据集的 `split` 不是 `train` 也不是它的切片（如 `train[:30%]`）。

    为什么重要：
        本地文件的所有行都在 `train` 里。LLaMA-Factory 会以 `Unknown split "test"` 结束。

    例子：
        `"file_name": "rows.jsonl", "split": "test"`。

    怎么办：
        去掉 `split`，把留作评估的行另存为文件并登记。
    """

    code = "TC915"
    name = "info.split"
    good = (SOUND, entry(split="train[:30%]"))
    bad = (entry(split="test"),)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        split = (entry.keys or {}).get("split", "train")
        if entry.source != "file_name" or not isinstance(split, str):
            return
        if all(_PART.fullmatch(part.strip()) for part in split.split("+")):
            return
        text = Prose(
            f"`split` is `{split}`, and local files have only `train`: LLaMA-Factory ends with `Unknown split`",
            f"`split` 是 `{split}`，而本地文件只有 `train`：LLaMA-Factory 会以 `Unknown split` 结束",
        )
        hint = Prose("leave it out, or write a slice such as `train[:30%]`", "去掉它，或写 `train[:30%]` 这样的切片")
        yield self.on_key(entry, text, "split", hint=hint)
