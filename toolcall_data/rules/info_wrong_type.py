"""info.wrong_type: a value of dataset_info.json that has the wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import COLUMNS, HUBS, TAGS, Registered


class InfoWrongType(InfoRule):
    """The values of an entry must have the types that LLaMA-Factory takes for granted.

    What it does:
        Reports names, columns and tags that are no strings, `columns` and `tags` that are no objects, a `ranking` that
        is not true or false, and a `num_samples` that is no whole number.

    Why it matters:
        Nothing is checked when dataset_info.json is read. The job ends later with an error of Python that names
        neither the file nor the key, such as `'list' object has no attribute 'get'`.

    Example:
        `"columns": ["conversations", "tools"]`: an object is wanted, from LLaMA-Factory's name to yours.

    What to do:
        Write the value as the type that the finding names.
    """

    chinese = """条目中的值必须是 LLaMA-Factory 所认定的类型。

    检查什么：
        报告不是字符串的名称、列和标签，不是对象的 `columns` 和 `tags`，不是 true 或 false 的 `ranking`，
        以及不是整数的 `num_samples`。

    为什么重要：
        读取 dataset_info.json 时什么都不检查。任务会在后面以 Python 错误结束，例如
        `'list' object has no attribute 'get'`，既不说文件也不说键。

    例子：
        `"columns": ["conversations", "tools"]`：应是对象，从 LLaMA-Factory 的名称到你的列名。

    怎么办：
        把值写成所说的类型。
    """

    code = "TC903"
    name = "info.wrong_type"
    good = (SOUND, entry(num_samples=10))
    bad = (
        entry(columns=["conversations", "tools"]),
        entry(columns={"messages": 1}),
        entry(ranking="yes"),
        entry(num_samples="100"),
        entry(file_name=["rows.jsonl"]),
    )

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        keys = entry.keys or {}
        for key in (*HUBS, "script_url", "cloud_file_name", "file_name", "formatting", "split"):
            if key in keys and not isinstance(keys[key], str):
                yield self._wrong(entry, keys[key], _TEXT, key)
        for key in ("subset", "folder"):
            if keys.get(key) is not None and not isinstance(keys[key], str):
                yield self._wrong(entry, keys[key], _TEXT, key)
        if not isinstance(keys.get("ranking", False), bool):
            yield self._wrong(entry, keys["ranking"], _BOOLEAN, "ranking")
        number = keys.get("num_samples")
        if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
            yield self._wrong(entry, number, _NUMBER, "num_samples")
        for block, known in (("columns", COLUMNS), ("tags", TAGS)):
            if block in keys and not isinstance(keys[block], dict):
                yield self._wrong(entry, keys[block], _OBJECT, block)
            for key, value in (entry.block(block) or {}).items():
                if key in known and value is not None and not isinstance(value, str):
                    yield self._wrong(entry, value, _TEXT, block, key)

    def _wrong(self, entry: Registered, value: JSON, wanted: Prose, *keys: str) -> Finding:
        name, kind = ".".join(keys), kind_of(value)
        text = Prose(f"`{name}` is {kind}, not {wanted}", f"`{name}` 是 {kind}，应是{wanted.zh}")
        return self.on_key(entry, text, *keys)


_TEXT = Prose("a string", "字符串")
_OBJECT = Prose("an object", "对象")
_BOOLEAN = Prose("true or false", " true 或 false")
_NUMBER = Prose("a whole number", "整数")
