"""info.formatting_mismatch: rows of another shape than the entry's `formatting`."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._info_rows import messages_column, speaks_otherwise
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered


class InfoFormattingMismatch(InfoRule):
    """The rows must have the shape that `formatting` says.

    What it does:
        Reports an entry for alpaca rows (`formatting: alpaca`, or none at all) whose rows are conversations, and an
        entry for conversations whose rows have instruction and output.

    Why it matters:
        `formatting` is alpaca where it is left out. LLaMA-Factory then ends with `KeyError: 'instruction'`, or with
        `Cannot find valid samples` because it has dropped every row.

    Example:
        `{"weather": {"file_name": "rows.jsonl"}}` for rows with `conversations`.

    What to do:
        Add `"formatting": "sharegpt"` with its columns, or take it out for alpaca rows.
    """

    chinese = """行的形状必须与 `formatting` 一致。

    检查什么：
        报告条目写的是 alpaca（或没有写 `formatting`）而行是对话，以及条目写的是对话而行是指令加输出。

    为什么重要：
        省略 `formatting` 就是 alpaca。LLaMA-Factory 会以 `KeyError: 'instruction'` 结束，或因丢弃了每一行而以
        `Cannot find valid samples` 结束。

    例子：
        行里是 `conversations`，而条目是 `{"weather": {"file_name": "rows.jsonl"}}`。

    怎么办：
        加上 `"formatting": "sharegpt"` 和相应的列；alpaca 的行则去掉它。
    """

    code = "TC908"
    name = "info.formatting_mismatch"
    rows = (FINE,)
    good = (SOUND,)
    bad = (entry(formatting=None, columns=None), entry(formatting=None))

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        wanted = speaks_otherwise(seen)
        if wanted is None:
            return
        keys = ("formatting",) if "formatting" in (entry.keys or {}) else ()
        if wanted == "alpaca":
            text = Prose(
                f"`formatting` is {entry.formatting}, and the rows have `instruction` and `output`",
                f"`formatting` 是 {entry.formatting}，而行里是 `instruction` 和 `output`",
            )
            hint = Prose("take `formatting` out, and `columns` with it", "去掉 `formatting` 和 `columns`")
        else:
            said = Prose("`formatting` is alpaca", "`formatting` 是 alpaca") if keys else _LEFT_OUT
            column = messages_column(seen)
            text = Prose(
                f"{said}, and the rows are conversations in `{column}`", f"{said.zh}，而行是 `{column}` 里的对话"
            )
            hint = Prose(
                f'write `"formatting": "sharegpt"` and `"columns": {{"messages": "{column}", "tools": "tools"}}`',
                f'写上 `"formatting": "sharegpt"` 和 `"columns": {{"messages": "{column}", "tools": "tools"}}`',
            )
        yield self.on_key(entry, text, *keys, hint=hint)


_LEFT_OUT = Prose("`formatting` is left out, which means alpaca", "没有写 `formatting`，即 alpaca")
