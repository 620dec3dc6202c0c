"""info.file_missing: an entry whose file does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered


class InfoFileMissing(InfoRule):
    """The file of an entry must exist.

    What it does:
        Reports a `file_name` that leads to no file and no folder. It counts from the folder of dataset_info.json; an
        absolute path counts from the root.

    Why it matters:
        LLaMA-Factory ends with `File data/rows.jsonl not found`.

    Example:
        `"file_name": "data/rows.jsonl"` in `data/dataset_info.json`, where `rows.jsonl` is meant.

    What to do:
        Correct the name, or take the entry out.
    """

    chinese = """条目的文件必须存在。

    检查什么：
        报告既不指向文件也不指向文件夹的 `file_name`。它从 dataset_info.json 所在文件夹算起；绝对路径从根目录算起。

    为什么重要：
        LLaMA-Factory 会以 `File data/rows.jsonl not found` 结束。

    例子：
        `data/dataset_info.json` 里写了 `"file_name": "data/rows.jsonl"`，本意是 `rows.jsonl`。

    怎么办：
        改正名称，或删掉这个条目。
    """

    code = "TC909"
    name = "info.file_missing"
    good = (SOUND,)
    bad = (entry(file_name="row.jsonl"),)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        if entry.local is None or entry.local.kind != "missing":
            return
        name = str((entry.keys or {})["file_name"])
        text = Prose(
            f"there is no file {entry.local.path}: LLaMA-Factory ends with `File {name} not found`",
            f"没有文件 {entry.local.path}：LLaMA-Factory 会以 `File {name} not found` 结束",
        )
        near = nearest(name.replace("\\", "/").rpartition("/")[2], entry.local.beside)
        hint = Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？") if near else ""
        yield self.on_key(entry, text, "file_name", hint=hint)
