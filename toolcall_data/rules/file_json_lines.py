"""file.json_lines: a line or a file that is no JSON."""

from __future__ import annotations

from toolcall_data.conversation.model import Problem
from toolcall_data.rules._examples import FINE
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

    code = "TC101"
    name = "file.json_lines"
    good = (FINE,)
    bad = (
        '{"conversations": [{"from": "human", "value": "北京天',
        '{"conversations": [], "tools": "",}',
        "{'conversations': []}",
    )

    def say(self, problem: Problem) -> str:
        return f"no JSON: {problem.detail}"
