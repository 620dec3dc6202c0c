"""What stands in a row and is never read: columns that the entry does not name, and keys of turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.outcome import Outcome, alters
from toolcall_data.target.registration import Registration

WITHOUT = Prose("the row without it", "去掉它之后的该行")

_NOTHING: tuple[JSON, ...] = (None, "", "[]", [], {})


def unread(row: Mapping[str, JSON], columns: Registration) -> Iterator[Outcome]:
    """Parts of the row that the entry leads nobody to: known columns that it does not name, and keys never read."""
    named = {columns.system: "system", columns.tools: "tools"}
    usual = {"system": columns.system, "tools": columns.tools}
    if columns.formatting == "alpaca":
        usual |= {"history": columns.history, "input": columns.query}
        named |= {columns.history: "history", columns.query: "query", columns.prompt: "prompt"}
    for key, column in usual.items():
        if column is None and key not in named and row.get(key) not in _NOTHING:
            cause = Prose(f"the entry names no column for `{key}`", f"条目没有为 `{key}` 指定列")
            yield alters(cause, WITHOUT, item_at(key))
    if columns.history and row.get(columns.history) not in _NOTHING and not isinstance(row[columns.history], list):
        kind = kind_of(row[columns.history])
        cause = Prose(
            f"`{columns.history}` is {kind}, and only a list is read",
            f"`{columns.history}` 是 {kind}，只有列表会被读取",
        )
        yield alters(cause, WITHOUT, item_at(columns.history))
    yield from _unread_keys(row, columns)


def _unread_keys(row: Mapping[str, JSON], columns: Registration) -> Iterator[Outcome]:
    """What messages of sharegpt rows hold beside role and content; pairs of alpaca's history that are no lists."""
    if columns.formatting == "sharegpt":
        for index, message in enumerate(row.get(columns.messages or "") or ()):
            for key in ("tool_calls", "reasoning_content"):
                if isinstance(message, dict) and message.get(key) and key != columns.content_tag:
                    cause = Prose(f"the key `{key}` of a turn is never read", f"轮次中的 `{key}` 这个键从不被读取")
                    yield alters(cause, WITHOUT, item_at(columns.messages or "", index, key))
    if columns.formatting == "alpaca" and columns.history and isinstance(row.get(columns.history), list):
        for index, pair in enumerate(row[columns.history]):
            if not isinstance(pair, list):
                cause = Prose(f"a turn of `{columns.history}` is {kind_of(pair)}, not a pair", "历史中的一轮不是一对")
                trained = Prose("its two keys or characters as question and answer", "把它的两个键或两个字符当作问与答")
                yield alters(cause, trained, item_at(columns.history, index))
