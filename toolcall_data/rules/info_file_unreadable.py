"""info.file_unreadable: a registered file whose bytes are no text."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered


class InfoFileUnreadable(InfoRule):
    """A registered file must be UTF-8 text, or Parquet.

    What it does:
        Reports a registered file in another encoding (GBK, UTF-16), a binary one, and one that may not be read.

    Why it matters:
        LLaMA-Factory ends with `JSON parse error: Invalid value`, which does not say that it is the encoding.

    Example:
        A .json file saved by an editor as UTF-16.

    What to do:
        Convert it to UTF-8: `iconv -f UTF-16 -t UTF-8 rows.json > rows.utf8.json`.
    """

    chinese = """登记的文件必须是 UTF-8 文本或 Parquet。

    检查什么：
        报告使用其他编码（GBK、UTF-16）的、二进制的或没有权限读取的登记文件。

    为什么重要：
        LLaMA-Factory 会以 `JSON parse error: Invalid value` 结束，看不出是编码的问题。

    例子：
        编辑器存成 UTF-16 的 .json 文件。

    怎么办：
        转换为 UTF-8：`iconv -f UTF-16 -t UTF-8 rows.json > rows.utf8.json`。
    """

    code = "TC922"
    name = "info.file_unreadable"
    good = (SOUND,)
    bad = (SOUND,)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        for _, reason in entry.local.unreadable if entry.local is not None else ():
            text = Prose(reason, f"文件无法读取：{reason}")
            hint = Prose("convert it to UTF-8", "请转换为 UTF-8")
            yield self.on_key(entry, text, "file_name", hint=hint)
