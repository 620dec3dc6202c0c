"""file.big_integer: whole numbers that the trainer's loader cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.shapes import Path, Place, named

_ROW = '{"id": 123456789012345678901234567890, "conversations": []}'


class FileBigInteger(FileRule):
    """Whole numbers must fit in 64 bits.

    What it does:
        Reports, in a JSON array, a number beyond what pandas and Arrow hold; in JSON Lines, as a warning, one in a
        column that the trainer reads. Numbers inside strings, such as calls written as text, are not meant.

    Why it matters:
        An array with such a number cannot be loaded (`Value is too big`); in lines it becomes a rounded decimal.

    Example:
        `"id": 123456789012345678901234567890`.

    What to do:
        Write it as a string.
    """

    chinese = """整数必须能用 64 位表示。

    检查什么：
        在 JSON 数组里，报告超出 pandas 和 Arrow 范围的数字；在 JSON Lines 里，以警告报告训练会读取的列中的这种数字。
        字符串里的数字（如写成文本的调用）不在此列。

    为什么重要：
        含有这种数字的数组无法加载（`Value is too big`）；在 JSON Lines 里它会变成四舍五入的小数。

    例子：
        `"id": 123456789012345678901234567890`。

    怎么办：
        写成字符串。
    """

    code = "TC113"
    name = "file.big_integer"
    good = ('{"id": 7, "conversations": []}',)
    bad = (f"[{_ROW}]",)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            for path, shape in file.shapes.row.walk():
                place = shape.first.get("huge") or (shape.first.get("large") if len(path) > 1 else None)
                if place is not None and file.loader == "array":
                    yield self._big(file, path, place, _FAILS, Severity.ERROR)
                elif place is not None and file.loader == "lines" and seen.is_read(path):
                    yield self._big(file, path, place, _ROUNDED, Severity.WARNING)

    def _big(self, file: SeenFile, path: Path, place: Place, said: Prose, severity: Severity) -> Finding:
        name, where = named(path), place_text(place)
        text = Prose(
            f"`{name}` in {where} is a whole number beyond 64 bits: {said}",
            f"{where.zh}的 `{name}` 是超出 64 位的整数：{said.zh}",
        )
        return self.on_file(file.path, text, place, at=f"/{path[0]}", hint=_HINT, severity=severity)


_FAILS = Prose("the array cannot be loaded", "数组无法加载")
_ROUNDED = Prose("it becomes a rounded decimal", "它会变成四舍五入的小数")
_HINT = Prose("write it as a string", "写成字符串")
