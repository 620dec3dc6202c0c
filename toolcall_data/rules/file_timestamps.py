"""file.timestamps: texts that are loaded as points in time."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.shapes import named

_ROW = '{"instruction": "几号？", "input": "", "output": "2024-01-01"}'


class FileTimestamps(FileRule):
    """Not all texts of a column may look like dates.

    What it does:
        Reports, in files of JSON Lines, a column or a key that the trainer reads as text and whose every value looks
        like `2024-01-01` or `2024-01-01 10:00:00`.

    Why it matters:
        PyArrow makes points in time of such columns. LLaMA-Factory then drops every row, or ends with
        `Expected a string, got 2024-01-01 00:00:00`. An array of the same rows is loaded as text.

    Example:
        A file of alpaca rows that all answer with a date.

    What to do:
        Write the file as a JSON array, or add rows whose text is something else.
    """

    chinese = """一列文本不能全都长得像日期。

    检查什么：
        在 JSON Lines 文件里，报告训练当作文本读取、而每个值都形如 `2024-01-01` 或 `2024-01-01 10:00:00` 的列或键。

    为什么重要：
        PyArrow 会把这样的列变成时间类型。LLaMA-Factory 随后会丢弃每一行，或以
        `Expected a string, got 2024-01-01 00:00:00` 结束。同样的行写成数组则按文本加载。

    例子：
        一个 alpaca 文件，所有回答都是日期。

    怎么办：
        把文件写成 JSON 数组，或加入内容不同的行。
    """

    code = "TC112"
    name = "file.timestamps"
    good = (f"{_ROW}\n{_ROW.replace('2024-01-01', '元旦')}",)
    bad = (_ROW,)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.loader == "lines":
                yield from self._of_file(file, seen)

    def _of_file(self, file: SeenFile, seen: SeenSet) -> Iterator[Finding]:
        for path, shape in file.shapes.row.walk():
            if seen.is_read(path) and shape.is_times and set(shape.typed) == {"string"}:
                name = named(path)
                text = Prose(
                    f"every `{name}` looks like a date: PyArrow makes points in time of them, not text",
                    f"每个 `{name}` 都像日期：PyArrow 会把它们变成时间类型，而训练需要文本",
                )
                yield self.on_file(file.path, text, shape.first["string"], at=f"/{path[0]}", hint=_HINT)


_HINT = Prose("write the file as a JSON array", "把文件写成 JSON 数组")
