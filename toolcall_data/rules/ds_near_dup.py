"""ds.near_dup: rows that are nearly the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.near_duplicates import THRESHOLD, NearDuplicates
from toolcall_data.prose import Prose
from toolcall_data.rules._clusters import cluster_findings, largest_first
from toolcall_data.rules._equal_keys import first_of_each
from toolcall_data.rules._places import Places
from toolcall_data.rules._row_keys import row_keys
from toolcall_data.rules.base import DatasetRule, Finding, Severity, Tally
from toolcall_data.text_sketches import similarity

_LONG = "帮我写一段介绍杭州西湖的文字，要提到断桥、苏堤和雷峰塔，语气亲切，一百字左右就好。"
_ANSWER = (
    "西湖在杭州城西，三面环山。断桥连着白堤，冬天残雪最美；苏堤横贯南北，春天桃红柳绿；雷峰塔立在南岸，夕照最有名。"
)


class DsNearDup(DatasetRule):
    """Rows should not be nearly the same as others.

    What it does:
        Compares whole dialogues, calls and results included, by runs of five characters: two rows are near duplicates
        where four fifths of their runs are shared (Jaccard 0.8). White space, sentence marks, case and width do not
        count, nor do system prompt and tools. Exact duplicates are the matter of `ds.exact_dup`. Left alone are the
        same question with other tools, and rows without calls that answer one question in different ways: both are
        usually meant.

    Why it matters:
        Rows made from one pattern teach the pattern, and a held-out part with a near copy in the training part
        measures nothing.

    Example:
        Two rows that differ only in a full stop, or in the day of the week.

    What to do:
        Look at the largest groups. Keep one row of each, or vary them where the pattern matters.
    """

    chinese = """各行不应与别的行几乎相同。

    检查什么：
        按连续五个字的片段比较整段对话（包括调用和结果）：两行有五分之四的片段相同（Jaccard 0.8）就是近似重复。
        空白、句读、大小写和全半角不算，系统提示和工具也不算。完全相同的行由 `ds.exact_dup` 报告。
        同一问题配不同工具的行，以及没有调用、对同一问题给出不同回答的行不报告：它们通常是有意的。

    为什么重要：
        由同一个模板生成的行教的是模板；留出的评测行若在训练集里有近似副本，就什么也测不出来。

    例子：
        两行只差一个句号，或只差星期几。

    怎么办：
        看看最大的几组。每组留一行；若模板确有需要，就让各行有所变化。
    """
    code = "TC802"
    name = "ds.near_dup"
    severity = Severity.WARNING
    holds = "44 bytes a row; texts and sketches beyond 8 MiB lie in a temporary file"
    good = (
        (chat(human("你好"), gpt("你好")), chat(human("谢谢"), gpt("不客气")), chat(human("查天气"), gpt("好的"))),
        (chat(human(_LONG), gpt(_ANSWER)), chat(human(_LONG), gpt("西湖，一湖碧水，半城山色。断桥残雪，苏堤春晓。"))),
        (
            row(human(_LONG), gpt(_ANSWER), tools=[WEATHER]),
            row(human(_LONG), gpt(_ANSWER), tools=[WEATHER, tool("get_air_quality")]),
        ),
    )
    bad = (
        (chat(human(_LONG), gpt(_ANSWER)), chat(human(_LONG.replace("一百", "两百")), gpt(_ANSWER))),
        tuple(
            row(
                human("请帮我查一下北京市海淀区中关村大街这周末的天气预报，我想去爬山。"),
                call("get_weather", city="北京"),
                observation({"text": "晴", "wind": "北风三级"}),
                gpt(f"这周末北京海淀天气晴好，北风三级，适合爬山，记得带水{end}"),
            )
            for end in ("。", "，也记得防晒。")
        ),
    )

    def tally(self) -> Tally:
        return _Rows(self)


class _Rows(Tally):
    """`closings` are the characters of a row's last message, 0 where it has calls."""

    def __init__(self, rule: DsNearDup) -> None:
        self._rule = rule
        self._texts = NearDuplicates()
        self._exact = array("Q")
        self._prompts = array("Q")
        self._tools = array("Q")
        self._closings = array("I")
        self._places = Places()

    def add(self, conversation: Conversation) -> None:
        keys = row_keys(conversation)
        if not keys.says_anything:
            return
        self._texts.add(keys.dialogue)
        self._exact.append(keys.exact)
        self._prompts.append(keys.prompt)
        self._tools.append(keys.tools)
        self._closings.append(0 if conversation.calls else keys.closing)
        self._places.add(conversation.origin)

    def merge(self, later: _Rows) -> None:
        self._texts.merge(later._texts)
        self._exact += later._exact
        self._prompts += later._prompts
        self._tools += later._tools
        self._closings += later._closings
        self._places.merge(later._places)

    def findings(self) -> Iterator[Finding]:
        groups = self._texts.clusters(first_of_each(self._exact), self._is_unmeant)
        rows, largest = sum(map(len, groups)), largest_first(groups)
        yield from cluster_findings(self._rule, largest, self._places, _say, _HINT, len(groups), rows, self._exact)

    def _is_unmeant(self, first: int, second: int) -> bool:
        """Whether two similar rows are no variation of one question that was made on purpose."""
        if self._prompts[first] != self._prompts[second]:
            return True
        if self._tools[first] != self._tools[second]:
            return False
        ours, others = self._closings[first], self._closings[second]
        if not ours or not others:
            return True
        closing, other = self._texts.text(first)[-ours:], self._texts.text(second)[-others:]
        return similarity(closing, other) >= THRESHOLD


def _say(count: int, others: Prose) -> Prose:
    return Prose(f"{count:,} rows are nearly the same: also {others}", f"{count:,} 行几乎相同，另见{others.zh}")


_HINT = Prose("keep one of them, or make them differ in more than a word", "保留其中一行，或让它们的差别不止一两个词")
