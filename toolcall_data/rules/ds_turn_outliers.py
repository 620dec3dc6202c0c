"""ds.turn_outliers: rows with far more messages than the others."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._outliers import OutlierRule

_USUAL = tuple(chat(*(human("好吗"), gpt("好。")) * (number % 3 + 1)) for number in range(30))


class DsTurnOutliers(OutlierRule):
    """A statistic: rows with far more messages than the others of their file.

    What it does:
        Counts the messages of each row, and the rows beyond Tukey's outer fence: three times the distance of the
        quartiles above the upper one. Files of fewer than 20 rows are left out. The rule runs only when it is named.

    Why it matters:
        Such a row is often several conversations that were glued together, or a loop of calls.

    Example:
        Most rows have four messages, line 88 has 160.

    What to do:
        Look at the longest, and split or drop them.
    """

    chinese = """统计：消息比同一文件的其他行多得多的行。

    检查什么：
        数出每行的消息数，以及超过图基外界限的行：上四分位数再加三倍四分位距。不足 20 行的文件不算。
        只有点名才运行本规则。

    为什么重要：
        这样的行常常是几段对话粘在了一起，或是调用陷入了循环。

    例子：
        多数行有 4 条消息，第 88 行有 160 条。

    怎么办：
        看看最长的几行，拆开或删掉。
    """
    code = "TC819"
    name = "ds.turn_outliers"
    hint = Prose("look at the longest, and split or drop them", "看看最长的几行，拆开或删掉")
    good = (_USUAL,)
    bad = ((*_USUAL, chat(*(human("再来"), gpt("好。")) * 40)),)

    def measure(self, conversation: Conversation) -> int:
        return len(conversation.messages)

    def say(self, rows: int, places: Prose, largest: int, fence: int, middle: int) -> Prose:
        noun = "row has" if rows == 1 else "rows have"
        return Prose(
            f"{rows:,} {noun} more than {fence:,} messages (at most {largest:,}, median {middle:,}): {places}",
            f"{rows:,} 行超过 {fence:,} 条消息，最多 {largest:,} 条，中位数是 {middle:,} 条：{places.zh}",
        )
