"""file.byte_order_mark: an array that begins with a byte order mark."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet


class FileByteOrderMark(FileRule):
    """A JSON array must not begin with a byte order mark.

    What it does:
        Reports a file whose first three bytes are the mark EF BB BF and which holds a JSON array.

    Why it matters:
        Only PyArrow passes over the mark, and it reads lines; arrays are read by pandas, which refuses it. The job
        ends with `JSON parse error: Column() changed from object to array`.

    Example:
        A .json file saved by an editor on Windows as "UTF-8 with BOM".

    What to do:
        Save it without the mark: `sed -i '1s/^\\xEF\\xBB\\xBF//' rows.json`.
    """

    chinese = """JSON 数组不能以字节顺序标记（BOM）开头。

    检查什么：
        报告前三个字节是 EF BB BF、内容是 JSON 数组的文件。

    为什么重要：
        只有读取 JSON Lines 的 PyArrow 会跳过这个标记；数组由 pandas 读取，它会拒绝。任务以
        `JSON parse error: Column() changed from object to array` 结束。

    例子：
        在 Windows 编辑器里存成“带 BOM 的 UTF-8”的 .json 文件。

    怎么办：
        存成不带标记的 UTF-8：`sed -i '1s/^\\xEF\\xBB\\xBF//' rows.json`。
    """

    code = "TC116"
    name = "file.byte_order_mark"
    good = ('[{"conversations": []}]', '\ufeff{"conversations": []}')
    bad = ('\ufeff[{"conversations": []}]',)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.has_mark and file.loader == "array":
                text = Prose(
                    "the array begins with a byte order mark (BOM), which pandas refuses",
                    "数组以字节顺序标记（BOM）开头，pandas 会拒绝它",
                )
                yield self.on_file(file.path, text, hint=_HINT)


_HINT = Prose("save it as UTF-8 without BOM", "存成不带 BOM 的 UTF-8")
