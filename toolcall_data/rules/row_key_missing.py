"""row.key_missing: a row without a key that its format needs."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import ProblemRule


class RowKeyMissing(ProblemRule):
    """A row must have the keys that its format needs.

    What it does:
        Reports a row without its messages (`conversations`, or the column that dataset_info.json names), or without
        instruction or output, and names the key that looks like it. A key that is null counts as missing.

    Why it matters:
        LLaMA-Factory ends with `KeyError: 'conversations'`, or with `object of type 'NoneType' has no len()`; an
        alpaca row without its output is dropped.

    Example:
        `{"conversation": [...]}`: the key is `conversations`.

    What to do:
        Rename the key in the data, or map the column in dataset_info.json; `columns` there must then name all of them.
    """

    code = "TC105"
    name = "row.key_missing"
    good = (FINE,)
    bad = ({"conversation": [human("你好"), gpt("你好！")]}, {"conversations": None, "tools": ""})
