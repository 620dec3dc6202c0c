"""info.column_missing: a column or key that an entry names and no row has."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._info_examples import COLUMNS, SOUND, TAGS, entry
from toolcall_data.rules._info_rows import columns_of, is_wrapped, messages_column, speaks_otherwise
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered
from toolcall_data.target.shapes import Shape


class InfoColumnMissing(InfoRule):
    """The columns and keys that an entry names must be in the file.

    What it does:
        Reports a column that the entry names, or that LLaMA-Factory takes by default, and that no row has; and a
        `role_tag` or `content_tag` that no message has.

    Why it matters:
        LLaMA-Factory ends with `KeyError: 'functions'`. A column that only some rows have is no fault: it is null in
        the others.

    Example:
        `"tools": "functions"`, while the rows call the column `tools`.

    What to do:
        Name the column as the rows do. Leave out of `columns` what the file does not have; an alpaca file without
        `input` needs a `columns` block without `query`.
    """

    chinese = """条目写出的列和键必须存在于文件中。

    检查什么：
        报告条目写出（或 LLaMA-Factory 默认读取）而没有任何一行有的列，
        以及没有任何一条消息有的 `role_tag`、`content_tag`。

    为什么重要：
        LLaMA-Factory 会以 `KeyError: 'functions'` 结束。只有部分行有的列不算错误：其他行里它是 null。

    例子：
        写了 `"tools": "functions"`，而行里的列名是 `tools`。

    怎么办：
        按行里的名称书写。文件里没有的列不要写进 `columns`；
        没有 `input` 的 alpaca 文件需要一个不含 `query` 的 `columns`。
    """

    code = "TC907"
    name = "info.column_missing"
    rows = (FINE,)
    good = (SOUND,)
    bad = (entry(columns={**COLUMNS, "tools": "functions"}), entry(tags={**TAGS, "content_tag": "content"}))

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        found = columns_of(seen)
        if not found or speaks_otherwise(seen) or is_wrapped(seen):
            return
        for name, column in seen.registration.columns.items():
            if column not in found:
                keys = ("columns", name) if name in (entry.block("columns") or {}) else ()
                yield self._column(entry, name, column, found, keys, messages_column(seen))
        messages = found.get(seen.registration.messages or "")
        if seen.registration.formatting != "alpaca" and messages is not None and messages.items is not None:
            yield from self._tags(entry, seen, messages.items)

    def _column(
        self,
        entry: Registered,
        name: str,
        column: str,
        found: dict[str, Shape],
        keys: tuple[str, ...],
        messages: str | None,
    ) -> Finding:
        by = Prose("that the entry names", "条目写出") if keys else Prose("that is read by default", "默认读取")
        text = Prose(
            f"no row has the column `{column}` {by} as `{name}`: LLaMA-Factory ends with `KeyError: '{column}'`",
            f"没有任何一行有{by.zh}的列 `{column}`（`{name}`）：LLaMA-Factory 会以 `KeyError: '{column}'` 结束",
        )
        near = [messages] if name == "messages" and messages is not None else nearest(column, found)
        if not keys and name == "query":
            hint = Prose("write a `columns` block that names no `query`", "写一个不含 `query` 的 `columns`")
        elif near:
            hint = Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？")
        else:
            shown = ", ".join(f"`{key}`" for key in list(found)[:8])
            hint = Prose(f"the rows have {shown}", f"行里有 {shown}")
        return self.on_key(entry, text, *keys, hint=hint)

    def _tags(self, entry: Registered, seen: SeenSet, messages: Shape) -> Iterator[Finding]:
        for name in ("role_tag", "content_tag"):
            key = getattr(seen.registration, name)
            if key is None or key in messages.fields or not messages.fields:
                continue
            keys = ("tags", name) if entry.block("tags") is not None else ()
            text = Prose(
                f"no message has the key `{key}` (`{name}`): LLaMA-Factory ends with `KeyError: '{key}'`",
                f"没有任何一条消息有键 `{key}`（`{name}`）：LLaMA-Factory 会以 `KeyError: '{key}'` 结束",
            )
            shown = ", ".join(f"`{found}`" for found in list(messages.fields)[:8])
            hint = Prose(f"messages have {shown}: write all seven `tags`", f"消息里有 {shown}：请写全七个 `tags`")
            yield self.on_key(entry, text, *keys, hint=hint)
