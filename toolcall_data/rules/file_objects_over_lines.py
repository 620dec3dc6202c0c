"""file.objects_over_lines: a long file of objects that are not one a line."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet

_LINE = '{"conversations": [], "tools": ""}\n'


class FileObjectsOverLines(FileRule):
    """Beyond 10 MB every object must stand in one line.

    What it does:
        Reports files of more than 10 MB that hold objects one after another, each over several lines, and no array
        around them.

    Why it matters:
        The loader cuts such files every 10 MB at the end of a line, here in the middle of a row, and ends with
        `JSON parse error: Missing a name for object member`. A shorter file of the same kind is loaded.

    Example:
        Rows written with `json.dumps(row, indent=2)`, one after another.

    What to do:
        Write each row in one line: `jq -c . rows.jsonl > lines.jsonl`.
    """

    chinese = """超过 10 MB 的文件里，每个对象必须占一行。

    检查什么：
        报告超过 10 MB、由一个接一个的对象组成、每个对象占好几行、且没有放在数组里的文件。

    为什么重要：
        加载时每 10 MB 在行尾切开，这里会切在一条数据的中间，以
        `JSON parse error: Missing a name for object member` 结束。较短的同类文件则能加载。

    例子：
        用 `json.dumps(row, indent=2)` 一条接一条写出的文件。

    怎么办：
        每条写成一行：`jq -c . rows.jsonl > lines.jsonl`。
    """

    code = "TC117"
    name = "file.objects_over_lines"
    good = (_LINE,)
    bad = ('{\n "conversations": [],\n "tools": ""\n}\n',)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.is_spread:
                text = Prose(
                    "rows over several lines in a file of more than 10 MB: the loader cuts them apart",
                    "文件超过 10 MB，而每条数据占好几行：加载时会把它们切断",
                )
                yield self.on_file(file.path, text, hint=_HINT)


_HINT = Prose("write each row in one line", "每条写成一行")
