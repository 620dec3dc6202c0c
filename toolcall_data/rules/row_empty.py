"""row.empty: a row without keys."""

from __future__ import annotations

from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import ProblemRule


class RowEmpty(ProblemRule):
    """A row must hold something.

    What it does:
        Reports the row `{}`.

    Why it matters:
        LLaMA-Factory ends the whole job with `object of type 'NoneType' has no len()`.

    Example:
        A line `{}` between two rows.

    What to do:
        Delete the row.
    """

    code = "TC104"
    name = "row.empty"
    good = (FINE,)
    bad = ({},)
