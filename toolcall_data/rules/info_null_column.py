"""info.null_column: a column that is null in the whole first batch of rows."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import BATCH, SeenSet

_FINE = '{"conversations": [], "tools": ""}'


class InfoNullColumn(FileRule):
    """`tools` and `system` must not be null in all of the first 1000 rows.

    What it does:
        Reports the column that is read as `tools` or `system` where it is null, or missing, in every one of the first
        1000 rows and a string in a later one.

    Why it matters:
        LLaMA-Factory writes converted rows 1000 at a time, and the first thousand decide the types. It ends with
        `Couldn't cast array of type string to null`.

    Example:
        A file of 5000 rows of plain chat with `"tools": null`, followed by rows with tools.

    What to do:
        Write `""` instead of null, in every row.
    """

    chinese = """前 1000 行的 `tools` 和 `system` 不能全是 null。

    检查什么：
        报告作为 `tools` 或 `system` 读取的列在前 1000 行全部为 null 或缺失，而后面的行是字符串。

    为什么重要：
        LLaMA-Factory 每 1000 行写一次转换结果，由前一千行决定类型，随后以
        `Couldn't cast array of type string to null` 结束。

    例子：
        文件先有 5000 行 `"tools": null` 的普通对话，后面才是带工具的行。

    怎么办：
        每一行都用 `""` 代替 null。
    """

    code = "TC919"
    name = "info.null_column"
    good = (_FINE,)
    times = BATCH
    bad = ('{"conversations": [], "tools": null}\n' + _FINE,)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        if not seen.files or seen.is_shuffled:
            return
        file = seen.files[0]
        for name in ("tools", "system"):
            column = getattr(seen.registration, name)
            shape = file.shapes.row.fields.get(column) if column else None
            if shape is None or (name == "system" and file.watch.is_led):
                continue
            first = min(shape.typed.values(), default=(0, None))
            if first[0] >= BATCH:
                where = place_text(first)
                text = Prose(
                    f"`{column}` is null in the first {BATCH} rows and a string in {where}: LLaMA-Factory ends with "
                    "`Couldn't cast array of type string to null`",
                    f"`{column}` 在前 {BATCH} 行都是 null，到{where.zh}才是字符串：LLaMA-Factory 会以 "
                    "`Couldn't cast array of type string to null` 结束",
                )
                yield self.on_file(file.path, text, first, at=f"/{column}", hint=_HINT)


_HINT = Prose('write "" instead of null in every row', '每一行都用 "" 代替 null')
