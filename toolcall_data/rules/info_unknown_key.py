"""info.unknown_key: a key of dataset_info.json that the trainer does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import COLUMNS, SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.registry import COLUMNS as KNOWN_COLUMNS
from toolcall_data.target.registry import KEYS, TAGS, Registered


class InfoUnknownKey(InfoRule):
    """Every key of an entry should be one that LLaMA-Factory reads.

    What it does:
        Reports keys of an entry, of its `columns` and of its `tags` that LLaMA-Factory never asks for, with the
        nearest key that it does.

    Why it matters:
        There is no check at all in LLaMA-Factory: a mistyped key is ignored without a word, and what it should have
        said keeps its default.

    Example:
        `"columns": {"messages": "conversations", "tool": "tools"}`: the key is `tools`; no tool is ever shown.

    What to do:
        Correct the key, or take it out.
    """

    chinese = """条目的每个键都应是 LLaMA-Factory 会读取的键。

    检查什么：
        报告条目本身、`columns` 和 `tags` 中 LLaMA-Factory 从不读取的键，并给出最接近的有效键。

    为什么重要：
        LLaMA-Factory 完全不做检查：拼错的键会被悄悄忽略，它本该设定的内容保持默认值。

    例子：
        `"columns": {"messages": "conversations", "tool": "tools"}`：键应为 `tools`，否则工具从不出现。

    怎么办：
        改正这个键，或删掉它。
    """

    code = "TC902"
    name = "info.unknown_key"
    severity = Severity.WARNING
    good = (SOUND,)
    bad = (entry(columns={**COLUMNS, "tool": "tools"}), entry(file="rows.jsonl"))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        for key in entry.keys or {}:
            if key not in KEYS:
                yield self._unknown(entry, KEYS, key)
        for block, known in (("columns", KNOWN_COLUMNS), ("tags", TAGS)):
            for key in entry.block(block) or {}:
                if key not in known:
                    yield self._unknown(entry, known, block, key)

    def _unknown(self, entry: Registered, known: Sequence[str], *keys: str) -> Finding:
        name = ".".join(keys)
        text = Prose(
            f"LLaMA-Factory knows no key `{name}` and ignores it", f"LLaMA-Factory 不认识键 `{name}`，会忽略它"
        )
        near = nearest(keys[-1], known)
        hint = Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？") if near else ""
        return self.on_key(entry, text, *keys, hint=hint)
