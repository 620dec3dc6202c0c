"""file.encoding: a line that is no UTF-8."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.rules._examples import FINE
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

    code = "TC102"
    name = "file.encoding"
    good = (FINE,)
    bad = ('{"conversations": [{"from": "human", "value": "\udcc4\udce3\udcba\udcc3"}]}',)

    def advice(self, problem: Problem) -> str:
        return "convert the line, for instance with `iconv -f GBK -t UTF-8`"
