"""info.not_checked: an entry whose rows tcdata does not read."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.registry import BUILDERS, JUDGED, Registered


class InfoNotChecked(InfoRule):
    """Rows that lie on a hub, in a cloud or in other kinds of files are not judged.

    What it does:
        Tells which entries were judged without their rows: datasets of a hub, of a loading script or of a cloud, and
        local .csv, .arrow and .txt files.

    Why it matters:
        A report without findings says nothing of rows that were not read.

    Example:
        `{"weather": {"hf_hub_url": "someone/weather"}}`.

    What to do:
        Download the rows as JSON or Parquet and register the file, if they are to be judged.
    """

    chinese = """hub、云端或其他类型文件里的行不会被检查。

    检查什么：
        说明哪些条目没有检查行：hub、加载脚本或云端的数据集，以及本地的 .csv、.arrow 和 .txt 文件。

    为什么重要：
        没有发现问题的报告，不代表没有读取的行也没有问题。

    例子：
        `{"weather": {"hf_hub_url": "someone/weather"}}`。

    怎么办：
        需要检查时，把行下载为 JSON 或 Parquet 并登记该文件。
    """

    code = "TC920"
    name = "info.not_checked"
    severity = Severity.INFO
    good = (SOUND,)
    bad = (entry(file_name=None, hf_hub_url="someone/weather"),)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        source = entry.source
        if source is not None and source != "file_name":
            text = Prose(f"the rows come by `{source}` and are not judged", f"行来自 `{source}`，没有检查")
            yield self.on_key(entry, text, source)
        elif entry.local is not None and entry.local.kind == "file":
            extension = entry.local.path.rpartition(".")[2]
            if extension in BUILDERS and extension not in JUDGED:
                text = Prose(f"rows of .{extension} files are not judged", f".{extension} 文件的行没有检查")
                yield self.on_key(entry, text, "file_name")
