"""info.folder: a folder as a dataset that the trainer cannot load whole."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import BUILDERS, Registered


class InfoFolder(InfoRule):
    """A folder that is a dataset must hold data files of one kind and nothing else.

    What it does:
        Reports a registered folder that is empty, that holds folders, files of other kinds (a README.md, a hidden file,
        a dataset_info.json), or data files that need different loaders. .json and .jsonl go together.

    Why it matters:
        LLaMA-Factory loads everything in the folder and ends with `File types should be identical` or
        `Allowed file types`, according to what the file system names first; an empty folder ends with an `IndexError`.

    Example:
        A folder with `a.json` and `README.md`.

    What to do:
        Move what is no data out of the folder, or register the files one by one.
    """

    chinese = """作为数据集的文件夹里只能有同一类数据文件。

    检查什么：
        报告登记的文件夹为空，含有子文件夹、其他文件（README.md、隐藏文件、dataset_info.json），或需要不同加载方式的数据文件。
        .json 和 .jsonl 可以并存。

    为什么重要：
        LLaMA-Factory 会加载文件夹里的一切，并以 `File types should be identical` 或 `Allowed file types` 结束，
        取决于文件系统先列出哪个；空文件夹以 `IndexError` 结束。

    例子：
        文件夹里有 `a.json` 和 `README.md`。

    怎么办：
        把不是数据的东西移出去，或逐个登记文件。
    """

    code = "TC911"
    name = "info.folder"
    good = (SOUND,)
    bad = (entry(file_name="."),)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        local = entry.local
        if local is None or local.kind != "folder":
            return
        if not local.members:
            yield self._at(entry, Prose("the folder is empty", "文件夹是空的"), "IndexError")
            return
        loaders = {member.name: BUILDERS.get(member.name.rpartition(".")[2]) for member in local.members}
        strays = [
            f"{member.name}/" if member.is_folder else member.name
            for member in local.members
            if member.is_folder or loaders[member.name] is None or "." not in member.name.lstrip(".")
        ]
        if strays:
            shown = ", ".join(f"`{name}`" for name in strays[:3]) + (" …" if len(strays) > 3 else "")
            said = Prose(f"the folder holds {shown} beside its data", f"文件夹里除数据外还有 {shown}")
            yield self._at(entry, said, "File types should be identical")
        elif len(set(loaders.values())) > 1:
            kinds = ", ".join(sorted({f".{name.rpartition('.')[2]}" for name in loaders}))
            said = Prose(f"the folder mixes {kinds}", f"文件夹里混有 {kinds}")
            yield self._at(entry, said, "File types should be identical")

    def _at(self, entry: Registered, said: Prose, error: str) -> Finding:
        text = Prose(f"{said}: LLaMA-Factory ends with `{error}`", f"{said.zh}：LLaMA-Factory 会以 `{error}` 结束")
        return self.on_key(entry, text, "file_name", hint=_HINT)


_HINT = Prose("leave only data files of one kind in it", "只留下同一类数据文件")
