"""ds.length_outliers: rows that are far longer than the others."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._outliers import OutlierRule
from toolcall_data.rules._row_keys import row_keys

_USUAL = tuple(chat(human("你好" * (number % 5 + 1)), gpt("你好！")) for number in range(30))


class DsLengthOutliers(OutlierRule):
    """A statistic: rows that are far longer than the others of their file.

    What it does:
        Measures the dialogue of each row in characters, without system prompt and tools, and counts rows beyond
        Tukey's outer fence: three times the distance of the quartiles above the upper one. Files of fewer than 20 rows
        are left out. The rule runs only when it is named.

    Why it matters:
        One very long row decides how much memory a batch takes, and is the first that `cutoff_len` cuts.

    Example:
        Most rows have 600 characters, line 4711 has 48,000: a whole web page as a result.

    What to do:
        Look at the longest. Shorten results, or drop the row.
    """

    chinese = """统计：比同一文件的其他行长得多的行。

    检查什么：
        按字数量出每行对话的长度（不含系统提示和工具），数出超过图基外界限的行：上四分位数再加三倍四分位距。
        不足 20 行的文件不算。只有点名才运行本规则。

    为什么重要：
        一个超长的行决定了一批要用多少显存，也最先被 `cutoff_len` 截断。

    例子：
        多数行有 600 字，第 4711 行有 48,000 字：结果是整张网页。

    怎么办：
        看看最长的几行。缩短结果，或删掉该行。
    """
    code = "TC818"
    name = "ds.length_outliers"
    hint = Prose("look at the longest: shorten results, or drop the row", "看看最长的几行：缩短结果，或删掉该行")
    good = (_USUAL, _USUAL[:10])
    bad = ((*_USUAL, chat(human("网页内容？"), gpt("很长。" * 500))),)

    def measure(self, conversation: Conversation) -> int:
        return len(row_keys(conversation).dialogue)

    def say(self, rows: int, places: Prose, largest: int, fence: int, middle: int) -> Prose:
        noun = "row is" if rows == 1 else "rows are"
        return Prose(
            f"{rows:,} {noun} longer than {fence:,} characters (at most {largest:,}, median {middle:,}): {places}",
            f"{rows:,} 行超过 {fence:,} 字，最长 {largest:,} 字，中位数是 {middle:,} 字：{places.zh}",
        )
