"""info.columns_reset: columns that an entry does not name and that the trainer therefore never reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._info_rows import columns_of, is_wrapped, speaks_otherwise
from toolcall_data.rules._sets import InfoRule, place_text
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered


class InfoColumnsReset(InfoRule):
    """A `columns` block must name every column that is to be read.

    What it does:
        Reports a `columns` block without `messages` (sharegpt), `prompt` or `response` (alpaca); and columns of the
        rows, `tools`, `system`, `input` or `history`, that hold something and that the entry does not name.

    Why it matters:
        A `columns` block, once it is there, replaces all defaults: what it leaves out is not read. Without `tools`
        LLaMA-Factory trains every call without its tool list, without a word; without `messages` it ends with
        `KeyError: None`. With no block at all, `tools` and `system` are not read either.

    Example:
        `"columns": {"messages": "conversations"}` for rows that have `tools`.

    What to do:
        Name them all: `"columns": {"messages": "conversations", "tools": "tools", "system": "system"}`.
    """

    chinese = """`columns` 必须写出要读取的每一列。

    检查什么：
        报告缺少 `messages`（sharegpt）、`prompt` 或 `response`（alpaca）的 `columns`；以及行里有内容、
        而条目没有写出的 `tools`、`system`、`input`、`history` 列。

    为什么重要：
        `columns` 一旦出现就会替换全部默认值：没有写出的列不会被读取。缺少 `tools` 时，LLaMA-Factory 会在没有
        工具列表的情况下训练每个调用，且不给任何提示；缺少 `messages` 时以 `KeyError: None` 结束。
        完全没有 `columns` 时，`tools` 和 `system` 同样不会被读取。

    例子：
        行里有 `tools`，而 `"columns": {"messages": "conversations"}`。

    怎么办：
        全部写出：`"columns": {"messages": "conversations", "tools": "tools", "system": "system"}`。
    """

    code = "TC905"
    name = "info.columns_reset"
    rows = (FINE,)
    good = (SOUND,)
    bad = (entry(columns={"messages": "conversations"}), entry(columns=None), entry(columns={"tools": "tools"}))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        columns = entry.block("columns")
        if columns is None:
            return
        if entry.formatting in ("sharegpt", "openai") and not columns.get("messages"):
            text = Prose(
                "`columns` names no `messages`: LLaMA-Factory ends with `KeyError: None`",
                "`columns` 没有写 `messages`：LLaMA-Factory 会以 `KeyError: None` 结束",
            )
            yield self.on_key(entry, text, "columns", hint=_NAME)
        if entry.formatting == "alpaca" and not columns.get("messages") and not entry.is_of_pairs:
            for name, lost in _ALPACA.items():
                if not columns.get(name):
                    text = Prose(f"`columns` names no `{name}`: {lost}", f"`columns` 没有写 `{name}`：{lost.zh}")
                    yield self.on_key(entry, text, "columns", hint=_NAME, severity=_severity(columns, name))

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        if speaks_otherwise(seen) or is_wrapped(seen):
            return
        registration = seen.registration
        usual = {"tools": registration.tools, "system": registration.system}
        if registration.formatting == "alpaca":
            usual |= {"input": registration.query, "history": registration.history}
        read = set(registration.columns.values())
        block = ("columns",) if entry.block("columns") is not None else ()
        for name, column in usual.items():
            shape = columns_of(seen).get(name)
            if column is not None or name in read or shape is None or shape.filled is None:
                continue
            where, key = place_text(shape.filled), _KEYS.get(name, name)
            text = Prose(
                f"the rows have `{name}` (first in {where}), and the entry does not name it: {_LOST[name]}",
                f"行里有 `{name}`（首次出现在{where.zh}），而条目没有写出它：{_LOST[name].zh}",
            )
            hint = Prose(f'add `"{key}": "{name}"` to `columns`', f'在 `columns` 里加上 `"{key}": "{name}"`')
            yield self.on_key(entry, text, *block, hint=hint)


def _severity(columns: Mapping[str, JSON], name: str) -> Severity:
    """Rows of nothing but a text are for pre-training, which reads only the prompt."""
    is_plain_text = name == "response" and set(columns) == {"prompt"}
    return Severity.WARNING if is_plain_text else Severity.ERROR


_NAME = Prose("a `columns` block replaces all defaults: name every column", "`columns` 会替换全部默认值：请写出每一列")
_ALPACA = {
    "prompt": Prose("every instruction is lost", "所有指令都会丢失"),
    "response": Prose("supervised training drops every row", "监督训练会丢弃每一行"),
}
_KEYS = {"input": "query"}
_LOST = {
    "tools": Prose("every call is trained without its tools", "所有调用都在没有工具列表的情况下训练"),
    "system": Prose("every system prompt is lost", "所有系统提示都会丢失"),
    "input": Prose("every input is lost", "所有输入都会丢失"),
    "history": Prose("every earlier turn is lost", "之前的各轮对话都会丢失"),
}
