"""file.key_twice: a row in which an object has a key twice."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet


class FileKeyTwice(FileRule):
    """No object of a row may have a key twice.

    What it does:
        Reports the first row of a file in which a row, or an object inside it, has one key twice.

    Why it matters:
        In JSON Lines the loader ends with `Column(/tools) was specified twice`; of an array it keeps the last value
        without a word, so that the tools, or a turn, are lost.

    Example:
        `{"conversations": [...], "tools": "[...]", "tools": ""}`.

    What to do:
        Take out the one that is not meant, and mend the program that writes both.
    """

    chinese = """行里的对象不能有重复的键。

    检查什么：
        报告文件中第一个含有重复键的行（行本身或其内部的对象）。

    为什么重要：
        在 JSON Lines 里，加载以 `Column(/tools) was specified twice` 结束；在数组里则不加提示地只保留最后一个值，
        工具或某一轮就此丢失。

    例子：
        `{"conversations": [...], "tools": "[...]", "tools": ""}`。

    怎么办：
        去掉不需要的那个，并修正写出两个键的程序。
    """

    code = "TC114"
    name = "file.key_twice"
    good = ('{"conversations": [], "tools": ""}',)
    bad = ('{"conversations": [], "tools": "[]", "tools": ""}',)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.watch.twice is None or file.loader == "parquet":
                continue
            place, key = file.watch.twice
            how, where = _ARRAY if file.loader == "array" else _LINES, place_text(place)
            text = Prose(f"`{key}` stands twice in {where}: {how}", f"{where.zh}里 `{key}` 出现两次：{how.zh}")
            yield self.on_file(file.path, text, place, hint=_HINT)


_ARRAY = Prose("the last value is taken, the first is lost", "只取最后一个值，前一个会丢失")
_LINES = Prose("the loader ends with `was specified twice`", "加载会以 `was specified twice` 结束")
_HINT = Prose("take out the one that is not meant", "去掉不需要的那个")
