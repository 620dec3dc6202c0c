"""row.unknown_keys: columns that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule, Severity


class RowUnknownKeys(Rule):
    """Columns that the format does not know are not trained on.

    What it does:
        Names the columns of a row that its format does not read.

    Why it matters:
        LLaMA-Factory ignores them, but loads them: a column of mixed types stops the job though nobody reads it. And
        a column under another name than the usual one is lost.

    Example:
        `{"conversations": [...], "source": "web", "functions": "[...]"}`.

    What to do:
        Nothing, where the columns are notes. Rename those that are meant to be trained on.
    """

    chinese = """格式不认识的列不会参与训练。

    检查什么：
        列出一行中其格式不读取的列。

    为什么重要：
        LLaMA-Factory 会忽略它们，却仍会加载：没有人读取的列若类型混杂，同样会让任务停止。
        换了名称的列则会丢失。

    例子：
        `{"conversations": [...], "source": "web", "functions": "[...]"}`。

    怎么办：
        若只是备注，不必处理。本该训练的列请改回通用名称。
    """

    code = "TC107"
    name = "row.unknown_keys"
    severity = Severity.INFO
    good = (FINE,)
    bad = ({**FINE, "source": "web"},)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        unknown = [key for key in conversation.extra if key != "id"]
        if unknown:
            shown = ", ".join(f"`{key}`" for key in unknown[:8])
            text = Prose(f"columns that nobody reads: {shown}", f"没有人读取的列：{shown}")
            yield self.found(text, at=item_at(unknown[0]))
