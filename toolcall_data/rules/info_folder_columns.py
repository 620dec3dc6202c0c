"""info.folder_columns: files of one folder that have different columns."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.registry import Registered
from toolcall_data.target.shapes import FAMILIES


class InfoFolderColumns(InfoRule):
    """The files of a folder must have the same columns, of the same types.

    What it does:
        Reports a registered folder in which a file lacks a column that another has, has another type in it, or has
        further keys in its messages.

    Why it matters:
        The file that the file system names first decides the columns, and that order differs between machines. A
        later file that lacks a column gets null in it (calls are then trained without tools); one that has more ends
        the job with `column names don't match`.

    Example:
        `a.json` with `tools`, `b.json` without.

    What to do:
        Give all files the same columns (an empty string where there is nothing), or register them one by one.
    """

    chinese = """同一文件夹里的文件必须有相同的列和相同的类型。

    检查什么：
        报告登记的文件夹里某个文件缺少其他文件有的列、该列类型不同，或消息里多出键。

    为什么重要：
        文件系统先列出的文件决定列，而这个顺序因机器而异。后面的文件若缺少某列，该列会填成 null
        （调用就在没有工具的情况下训练）；若多出某列，任务以 `column names don't match` 结束。

    例子：
        `a.json` 有 `tools`，`b.json` 没有。

    怎么办：
        让所有文件有相同的列（没有内容就写空字符串），或逐个登记。
    """

    code = "TC923"
    name = "info.folder_columns"
    good = (SOUND,)
    bad = (SOUND,)

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        files = [file for file in seen.files if file.shapes.row.fields]
        if len(files) < 2:
            return
        first = files[0]
        for other in files[1:]:
            for one, two in ((first, other), (other, first)):
                if missing := _missing(one, two):
                    text = Prose(
                        f"{two.path} lacks `{missing[0]}`, which {one.path} has: it becomes null, or the job ends with "
                        "`column names don't match`, as the file system orders them",
                        f"{two.path} 缺少 {one.path} 里的 `{missing[0]}`：按文件系统的顺序，它会变成 null，"
                        "或任务以 `column names don't match` 结束",
                    )
                    yield self.on_key(entry, text, "file_name", hint=_HINT)
            for column in _other_types(first, other):
                text = Prose(
                    f"`{column}` has another type in {other.path} than in {first.path}: the types cannot be cast",
                    f"`{column}` 在 {other.path} 和 {first.path} 里类型不同：无法转换",
                )
                yield self.on_key(entry, text, "file_name", hint=_HINT)


def _keys(file: SeenFile) -> set[str]:
    row = file.shapes.row
    inside = {
        f"{column}[].{key}"
        for column, shape in row.fields.items()
        if shape.items is not None
        for key in shape.items.fields
    }
    return set(row.fields) | inside


def _missing(one: SeenFile, two: SeenFile) -> list[str]:
    return sorted(_keys(one) - _keys(two), key=lambda name: ("[]" in name, name))


def _other_types(one: SeenFile, two: SeenFile) -> Iterator[str]:
    for column, shape in one.shapes.row.fields.items():
        other = two.shapes.row.fields.get(column)
        kinds = {FAMILIES.get(kind, kind) for kind in shape.typed}
        others = {FAMILIES.get(kind, kind) for kind in other.typed} if other is not None else set()
        if len(kinds) == len(others) == 1 and kinds != others:
            yield column


_HINT = Prose("give all files the same columns, or register them one by one", "让所有文件有相同的列，或逐个登记")
