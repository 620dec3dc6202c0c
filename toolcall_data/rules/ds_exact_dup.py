"""ds.exact_dup: the same row more than once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._clusters import cluster_findings
from toolcall_data.rules._equal_keys import EqualKeys
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._places import Places
from toolcall_data.rules._row_keys import row_keys
from toolcall_data.rules.base import DatasetRule, Finding, Severity, Tally


class DsExactDup(DatasetRule):
    """No row should stand in a set twice.

    What it does:
        Finds rows with the same messages, system prompt and tools, character for character; `id` and other leftovers do
        not count, nor do rows without any message that could be read. All files of the input are one set. One finding
        for each of the twenty largest groups, one for the others together.

    Why it matters:
        A repeated row weighs twice in training, and a set of 10,000 rows may hold 8,600 different ones: about one row
        in seven of LLaMA-Factory's Chinese tool-calling demo is a copy of another.

    Example:
        The same question about the weather in lines 11 and 217.

    What to do:
        Keep one of each: the filter `exact_duplicates` of a recipe does. Where rows are meant to weigh more, say so in
        the mix.
    """

    chinese = """同一行不应在数据集里出现两次。

    检查什么：
        找出消息、系统提示和工具逐字相同的行；`id` 等附带内容不算，没有可读消息的行也不算。输入的所有文件视为一个集合。
        最大的二十组各报告一次，其余合并报告一次。

    为什么重要：
        重复的行在训练里权重翻倍；一万行的数据集里可能只有八千六百行是不同的：LLaMA-Factory 的中文工具调用示例里，
        大约每七行就有一行是另一行的副本。

    例子：
        第 11 行和第 217 行是同一个天气问题。

    怎么办：
        每组保留一行：配方里的 `exact_duplicates` 过滤器可以做到。若确实要加大权重，请写在混合设置里。
    """
    code = "TC801"
    name = "ds.exact_dup"
    severity = Severity.WARNING
    holds = "16 bytes a row"
    good = (
        (FINE, row(human("你好"), gpt("你好！"))),
        (row(human("你好"), gpt("你好！")), row(human("你好"), gpt("您好，请问有什么需要？"))),
    )
    bad = (
        (FINE, FINE),
        (FINE, row(human("上海天气？"), call("get_weather", city="上海"), observation("雨"), gpt("有雨。")), FINE),
    )

    def tally(self) -> Tally:
        return _Rows(self)


class _Rows(Tally):
    def __init__(self, rule: DsExactDup) -> None:
        self._rule = rule
        self._keys = array("Q")
        self._places = Places()

    def add(self, conversation: Conversation) -> None:
        keys = row_keys(conversation)
        if keys.says_anything:
            self._keys.append(keys.exact)
            self._places.add(conversation.origin)

    def merge(self, later: _Rows) -> None:
        self._keys += later._keys
        self._places.merge(later._places)

    def findings(self) -> Iterator[Finding]:
        equal = EqualKeys(self._keys)
        yield from cluster_findings(
            self._rule, equal.largest_first(), self._places, _say, _HINT, len(equal), equal.rows, self._keys
        )


def _say(count: int, others: Prose) -> Prose:
    return Prose(f"the same row {count:,} times: also {others}", f"同一行出现 {count:,} 次，另见{others.zh}")


_HINT = Prose(
    "keep one: the filter `exact_duplicates` of a recipe does", "保留一行即可：配方里的 `exact_duplicates` 过滤器能做到"
)
