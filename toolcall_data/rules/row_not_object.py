"""row.not_object: a row that is no JSON object."""

from __future__ import annotations

from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import ProblemRule


class RowNotObject(ProblemRule):
    """A row must be a JSON object.

    What it does:
        Reports a row that is a list, a string, a number or null.

    Why it matters:
        LLaMA-Factory cannot load the file (`'NoneType' object has no attribute 'keys'`), or ends while converting it.

    Example:
        A line `null`, or a line `[{"from": "human", "value": "你好"}]` that holds the messages without their object.

    What to do:
        Put the value under the keys that the format asks for, or delete the row.
    """

    code = "TC103"
    name = "row.not_object"
    good = (FINE,)
    bad = ("null", '["北京天气？", "晴"]')
