"""info.no_rows: a registered dataset without rows."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered


class InfoNoRows(InfoRule):
    """A registered dataset must have rows.

    What it does:
        Reports an entry whose files are empty, hold an empty array, or only empty objects.

    Why it matters:
        LLaMA-Factory ends with `Instruction "train" corresponds to no data!`, or with an error about a schema, and the
        other datasets of the job are not trained either.

    Example:
        A file that holds `[]`.

    What to do:
        Fill the file, or take the entry out.
    """

    chinese = """登记的数据集必须有行。

    检查什么：
        报告文件为空、只有空数组或只有空对象的条目。

    为什么重要：
        LLaMA-Factory 会以 `Instruction "train" corresponds to no data!` 或一个关于 schema 的错误结束，
        同一任务的其他数据集也不会训练。

    例子：
        文件内容是 `[]`。

    怎么办：
        补上数据，或删掉这个条目。
    """

    code = "TC912"
    name = "info.no_rows"
    good = (SOUND,)
    bad = (SOUND,)

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        if not seen.rows:
            text = Prose(
                "the dataset has no rows: LLaMA-Factory ends with an error about missing data",
                "数据集没有任何行：LLaMA-Factory 会以缺少数据的错误结束",
            )
            yield self.on_key(entry, text, "file_name")
        elif all(not file.shapes.row.fields and set(file.shapes.row.first) == {"object"} for file in seen.files):
            text = Prose("all rows of the dataset are empty objects", "数据集的每一行都是空对象")
            yield self.on_key(entry, text, "file_name")
