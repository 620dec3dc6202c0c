"""file.json_lines: a line or a file that is no JSON."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import ProblemRule


class FileJsonLines(ProblemRule):
    """Every row must be JSON.

    What it does:
        Reports a line of a JSONL file, or the place in a JSON array, that cannot be parsed. The rest of the file is
        still judged.

    Why it matters:
        LLaMA-Factory refuses the whole file with `DatasetGenerationError`; its row number does not say which line.

    Example:
        `{"conversations": [{"from": "human", "value": "北京天` is a line cut off in the middle.

    What to do:
        Repair or delete the line. A last line cut off usually means that the program writing the file was stopped.
    """

    chinese = """每一行都必须是 JSON。

    检查什么：
        报告 JSONL 文件里无法解析的行，或 JSON 数组里无法解析的位置。文件其余部分照常检查。

    为什么重要：
        LLaMA-Factory 以 `DatasetGenerationError` 拒绝整个文件；它给出的行号看不出是哪一行。

    例子：
        `{"conversations": [{"from": "human", "value": "北京天` 是从中间截断的一行。

    怎么办：
        修好或删除该行。最后一行被截断，通常是写文件的程序中途停了。
    """
    code = "TC101"
    name = "file.json_lines"
    good = (FINE,)
    bad = (
        '{"conversations": [{"from": "human", "value": "北京天',
        '{"conversations": [], "tools": "",}',
        "{'conversations': []}",
    )

    def say(self, problem: Problem) -> Prose:
        detail = in_both(problem.detail)
        return Prose(f"no JSON: {detail}", f"不是 JSON：{detail.zh}")
