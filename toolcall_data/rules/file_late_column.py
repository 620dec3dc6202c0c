"""file.late_column: a column, key or type that appears after the first 10 MB."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.shapes import Path, Place, Shape, named

_FIRST = '{"conversations": [], "note": "' + "十兆字节以内都没有工具。" * 10 + '"}\n'


class FileLateColumn(FileRule):
    """What JSON Lines hold must show in their first 10 MB.

    What it does:
        Reports, in files of JSON Lines beyond 10 MB, a column or a key of a message that no row of the first 10 MB
        has, one that is null or an empty list there and something else later, and a column of whole numbers that has
        fractions later.

    Why it matters:
        Lines are loaded 10 MB at a time, and the first part decides the columns and types of all. LLaMA-Factory ends
        with `All the data files must have the same columns`, or with `Couldn't cast array of type string to null`.

    Example:
        A file whose first 20,000 rows are plain chat, and only later rows have the column `tools`.

    What to do:
        Write every column in every row, an empty string where there is nothing; or shuffle the rows, or write the file
        as a JSON array.
    """

    chinese = """JSON Lines 文件中的一切必须在前 10 MB 就出现。

    检查什么：
        在超过 10 MB 的 JSON Lines 文件里，报告前 10 MB 没有任何一行有的列或消息的键，在那里是 null 或空列表、
        后面却是其他内容的列，以及先是整数、后面出现小数的列。

    为什么重要：
        各行每次加载 10 MB，第一部分决定全部的列和类型。LLaMA-Factory 会以
        `All the data files must have the same columns` 或 `Couldn't cast array of type string to null` 结束。

    例子：
        文件的前 20000 行是普通对话，后面的行才有 `tools` 列。

    怎么办：
        每一行都写出所有列，没有内容就写空字符串；或打乱行的顺序，或把文件写成 JSON 数组。
    """

    code = "TC111"
    name = "file.late_column"
    times = 30_000
    good = (_FIRST,)
    bad = (_FIRST + '{"conversations": [], "note": "", "tools": ""}\n',)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.loader == "lines" and file.borders:
                for path, place, said in _late(file.shapes.row, (), file.borders[0]):
                    yield self._late(file, path, place, said)

    def _late(self, file: SeenFile, path: Path, place: Place, said: Prose) -> Finding:
        name, where = named(path), place_text(place)
        text = Prose(said.format(name=name, where=where), said.zh.format(name=name, where=where.zh))
        return self.on_file(file.path, text, place, at=f"/{path[0]}", hint=_HINT)


def _late(shape: Shape, path: Path, border: int) -> Iterator[tuple[Path, Place, Prose]]:
    """What is seen at or below a place from row `border` on and would not fit the types of the rows before it."""
    early = {kind for kind, place in shape.first.items() if place[0] < border}
    if path and not early:
        yield path, min(shape.first.values()), _ABSENT
        return
    if early == {"null"}:
        if shape.typed:
            yield path, min(shape.typed.values()), _NULL
        return
    if early & {"integer"} and not early & {"float", "fraction", "large", "huge"}:
        later = [shape.first[kind] for kind in ("fraction", "large", "huge") if kind in shape.first]
        if later:
            yield path, min(later), _FRACTION
    if "list" in early and shape.items is not None:
        first = min(shape.items.first.values())
        if first[0] >= border:
            yield path, first, _EMPTY
        else:
            yield from _late(shape.items, (*path, None), border)
    if "object" in early:
        for key, below in shape.fields.items():
            yield from _late(below, (*path, key), border)


_ABSENT = Prose(
    "`{name}` appears only in {where}, after the first 10 MB: the loader ends with `Couldn't cast` or "
    "`All the data files must have the same columns`",
    "`{name}` 到{where}才出现，在前 10 MB 之后：加载会以 `Couldn't cast` 或 "
    "`All the data files must have the same columns` 结束",
)
_NULL = Prose(
    "`{name}` is null in the first 10 MB and something else in {where}: the loader ends with "
    "`Couldn't cast array to null`",
    "`{name}` 在前 10 MB 里都是 null，到{where}才有内容：加载会以 `Couldn't cast array to null` 结束",
)
_EMPTY = Prose(
    "`{name}` is an empty list in the first 10 MB and holds something in {where}: the loader ends with "
    "`Couldn't cast array to null`",
    "`{name}` 在前 10 MB 里都是空列表，到{where}才有内容：加载会以 `Couldn't cast array to null` 结束",
)
_FRACTION = Prose(
    "`{name}` holds whole numbers in the first 10 MB and another in {where}: the loader ends with "
    "`Float value was truncated`",
    "`{name}` 在前 10 MB 里是整数，到{where}却不是：加载会以 `Float value was truncated` 结束",
)
_HINT = Prose("write every column in every row, or shuffle the rows", "每一行都写出所有列，或打乱行的顺序")
