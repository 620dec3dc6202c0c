"""file.dropped_batch: a thousand rows in a row that the trainer drops."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_rows import speaks_otherwise
from toolcall_data.rules._sets import FileRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import BATCH, SeenFile, SeenSet

_DROPPED = '{"conversations": [{"from": "gpt", "value": "你好！"}]}\n'
_FINE = '{"conversations": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}]}\n'


class FileDroppedBatch(FileRule):
    """Of every 1000 rows the trainer must keep one.

    What it does:
        Reports a file of whose rows LLaMA-Factory would drop all in one of its batches: rows 0 to 999, 1000 to 1999
        and so on, or the rest at the end.

    Why it matters:
        A dropped row costs a warning, a dropped batch the whole job: `Couldn't cast array of type struct to null` where
        it is the first, else `Schema and number of arrays unequal`. Where all rows are dropped it is `Cannot find
        valid samples`. None of them says which rows.

    Example:
        A file whose last 300 rows end with the user's turn.

    What to do:
        Mend or delete those rows; the findings on them say what is wrong.
    """

    chinese = """每 1000 行里训练至少要保留一行。

    检查什么：
        报告某一批行（第 0 到 999 行、第 1000 到 1999 行等，或末尾剩余的行）会被 LLaMA-Factory 全部丢弃的文件。

    为什么重要：
        丢弃一行只有警告，丢弃一整批则整个任务失败：若是第一批，`Couldn't cast array of type struct to null`；
        否则 `Schema and number of arrays unequal`；若所有行都被丢弃，则是 `Cannot find valid samples`。
        这些报错都不说是哪些行。

    例子：
        文件的最后 300 行都以用户的一轮结尾。

    怎么办：
        修正或删除这些行；它们各自的问题已另外列出。
    """

    code = "TC115"
    name = "file.dropped_batch"
    good = (_DROPPED * 3 + _FINE,)
    bad = (_DROPPED * 3,)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        if len(seen.files) != 1 or not seen.rows or seen.is_shuffled:
            return
        file = seen.files[0]
        batches = -(-seen.rows // BATCH)
        lost = next((number for number in range(batches) if number not in file.watch.kept), None)
        if lost is not None and (file.watch.kept or not _is_entry_at_fault(seen)):
            yield self._lost(file, lost, seen.rows)

    def _lost(self, file: SeenFile, lost: int, rows: int) -> Finding:
        if not file.watch.kept:
            text = Prose(
                f"the trainer drops all {rows} rows: it ends with an error such as `Cannot find valid samples`",
                f"训练会丢弃全部 {rows} 行：会以 `Cannot find valid samples` 之类的错误结束",
            )
            return self.on_file(file.path, text, hint=_HINT)
        first, last = lost * BATCH, min(rows, (lost + 1) * BATCH) - 1
        error = "Schema and number of arrays unequal" if lost else "Couldn't cast array of type struct to null"
        text = Prose(
            f"the trainer drops all rows from {first} to {last} (from 0), a whole batch: it ends with `{error}`",
            f"训练会丢弃第 {first} 到 {last} 行（从 0 数起）这一整批：会以 `{error}` 结束",
        )
        return self.on_file(file.path, text, hint=_HINT)


def _is_entry_at_fault(seen: SeenSet) -> bool:
    """Whether the entry reads all rows wrongly; other rules say how."""
    registration = seen.registration
    tags = (registration.user_tag, registration.assistant_tag, registration.observation_tag, registration.function_tag)
    return speaks_otherwise(seen) is not None or (registration.formatting != "alpaca" and not all(tags))


_HINT = Prose("mend these rows: their own findings say what is wrong", "请修正这些行：它们各自的问题已另外列出")
