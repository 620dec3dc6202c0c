"""file.encoding: a line that is no UTF-8."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import ProblemRule


class FileEncoding(ProblemRule):
    """Every row must be UTF-8.

    What it does:
        Reports a line that holds bytes which are no UTF-8, such as a line pasted in from a GBK file.

    Why it matters:
        One such byte makes LLaMA-Factory refuse the whole file with `JSON parse error`, without naming the line.

    Example:
        The bytes `C4 E3 BA C3` (`你好` in GBK) in a file that is UTF-8 elsewhere.

    What to do:
        Find out the line's encoding and convert it, for instance with `iconv -f GBK -t UTF-8`, or delete the line.
    """

    chinese = """每一行都必须是 UTF-8。

    检查什么：
        行里含有不是 UTF-8 的字节，例如从 GBK 文件粘贴过来的一行。

    为什么重要：
        只要有一个这样的字节，LLaMA-Factory 就以 `JSON parse error` 拒绝整个文件，也不说是哪一行。

    例子：
        其余都是 UTF-8 的文件里有字节 `C4 E3 BA C3`（GBK 的「你好」）。

    怎么办：
        弄清这一行的编码并转换，例如 `iconv -f GBK -t UTF-8`，或删除这一行。
    """
    code = "TC102"
    name = "file.encoding"
    good = (FINE,)
    bad = ('{"conversations": [{"from": "human", "value": "\udcc4\udce3\udcba\udcc3"}]}',)

    def say(self, problem: Problem) -> Prose:
        return in_both(problem.detail)

    def advice(self, problem: Problem) -> Prose:
        return Prose(
            "convert the line, for instance with `iconv -f GBK -t UTF-8`", "转换这一行，例如用 `iconv -f GBK -t UTF-8`"
        )
