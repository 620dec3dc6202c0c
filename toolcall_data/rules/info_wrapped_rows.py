"""info.wrapped_rows: rows that lie under a key of one object."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._info_rows import wrapper
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered


class InfoWrappedRows(InfoRule):
    """A registered file must hold its rows at the top.

    What it does:
        Reports a file that is one object with the rows in a list under one of its keys.

    Why it matters:
        LLaMA-Factory takes the object for the only row and ends with `KeyError: 'conversations'`.

    Example:
        `{"version": 1, "data": [{"conversations": [...]}, ...]}`.

    What to do:
        Write the list alone as the file, or its rows as lines.
    """

    chinese = """登记的文件里，行必须在最外层。

    检查什么：
        报告整个文件是一个对象、而行在它某个键下的列表里的情况。

    为什么重要：
        LLaMA-Factory 会把这个对象当作唯一的一行，并以 `KeyError: 'conversations'` 结束。

    例子：
        `{"version": 1, "data": [{"conversations": [...]}, ...]}`。

    怎么办：
        只把那个列表写成文件，或每行写一条。
    """

    code = "TC913"
    name = "info.wrapped_rows"
    rows = ({"data": [FINE, FINE]},)
    good = (SOUND,)
    bad = (SOUND,)

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            found = wrapper(file.shapes) if file.loader != "array" else None
            if found is None or found[0] in seen.registration.columns.values():
                continue
            key = found[0]
            text = Prose(
                f"{file.path} is one object with its rows under `{key}`: LLaMA-Factory takes it for a single row",
                f"{file.path} 是一个对象，行在 `{key}` 下面：LLaMA-Factory 会把它当作一行",
            )
            hint = Prose(f"write the list under `{key}` as the file", f"把 `{key}` 下的列表单独写成文件")
            yield self.on_key(entry, text, "file_name", hint=hint)
