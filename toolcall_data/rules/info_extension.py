"""info.extension: a file whose extension the trainer does not load."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import BUILDERS, Registered


class InfoExtension(InfoRule):
    """A registered file must have an extension that LLaMA-Factory loads.

    What it does:
        Reports a file whose name ends otherwise than in .json, .jsonl, .parquet, .csv, .arrow or .txt, in lower case.

    Why it matters:
        LLaMA-Factory chooses its loader by the extension alone and ends with `Allowed file types: ...`. Packed files
        and `.JSON` are among those that it refuses.

    Example:
        `"file_name": "rows.jsonl.gz"`.

    What to do:
        Unpack or rename the file. For .json and .jsonl the content may be either.
    """

    chinese = """登记的文件必须带有 LLaMA-Factory 能加载的扩展名。

    检查什么：
        报告文件名不以小写的 .json、.jsonl、.parquet、.csv、.arrow 或 .txt 结尾的文件。

    为什么重要：
        LLaMA-Factory 只按扩展名选择加载方式，否则以 `Allowed file types: ...` 结束。压缩文件和 `.JSON` 都会被拒绝。

    例子：
        `"file_name": "rows.jsonl.gz"`。

    怎么办：
        解压或改名。.json 和 .jsonl 的内容可以互换。
    """

    code = "TC910"
    name = "info.extension"
    good = (SOUND,)
    bad = (entry(file_name="rows.jsonl.gz"), entry(file_name="rows.JSON"))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        if entry.local is None or entry.local.kind != "file":
            return
        name = entry.local.path.replace("\\", "/").rpartition("/")[2]
        stem, dot, extension = name.rpartition(".")
        if stem and extension in BUILDERS:
            return
        shown = Prose(f"the extension `.{extension}`", f"扩展名 `.{extension}`") if stem and dot else _NONE
        allowed = ",".join(BUILDERS)
        text = Prose(
            f"`{name}` has {shown}: LLaMA-Factory ends with `Allowed file types: {allowed}`",
            f"`{name}` 的{shown.zh}：LLaMA-Factory 会以 `Allowed file types: {allowed}` 结束",
        )
        yield self.on_key(entry, text, "file_name", hint=_hint(extension if stem else ""))


def _hint(extension: str) -> Prose:
    if extension in ("gz", "zst", "zip", "bz2", "xz"):
        return Prose("unpack it, and name the unpacked file", "请解压，并写解压后的文件名")
    if extension.lower() in BUILDERS:
        return Prose(f"rename it to end in `.{extension.lower()}`", f"请把扩展名改为 `.{extension.lower()}`")
    return Prose(
        "JSON, an array or lines, may be called .json or .jsonl", "JSON 数组或 JSON Lines 可以用 .json 或 .jsonl"
    )


_NONE = Prose("no extension", "名称没有扩展名")
