"""info.no_source: an entry that does not say where its rows come from."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered


class InfoNoSource(InfoRule):
    """An entry must say where its rows come from.

    What it does:
        Reports an entry without `file_name`, a hub's name or another source.

    Why it matters:
        LLaMA-Factory ends with `KeyError: 'file_name'`, which names no dataset.

    Example:
        `{"weather": {"path": "rows.jsonl"}}`: the key is `file_name`.

    What to do:
        Add `file_name`, as seen from the folder of dataset_info.json.
    """

    chinese = """条目必须写明行从哪里来。

    检查什么：
        报告既没有 `file_name`，也没有 hub 名称或其他来源的条目。

    为什么重要：
        LLaMA-Factory 会以 `KeyError: 'file_name'` 结束，也不说是哪个数据集。

    例子：
        `{"weather": {"path": "rows.jsonl"}}`：键应为 `file_name`。

    怎么办：
        加上 `file_name`，从 dataset_info.json 所在文件夹算起。
    """

    code = "TC916"
    name = "info.no_source"
    good = (SOUND,)
    bad = (entry(file_name=None),)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        if entry.keys is not None and entry.source is None:
            text = Prose(
                f"`{entry.name}` has no `file_name`: LLaMA-Factory ends with `KeyError: 'file_name'`",
                f"`{entry.name}` 没有 `file_name`：LLaMA-Factory 会以 `KeyError: 'file_name'` 结束",
            )
            yield self.on_key(entry, text)
