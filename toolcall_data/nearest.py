"""The nearest valid name to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, valid: Iterable[str], *, most: int = 1) -> list[str]:
    """The closest `valid` names to `name`, best first; empty when nothing is near."""
    import difflib

    return difflib.get_close_matches(name, list(valid), n=most, cutoff=0.6)


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """`did you mean `x`?` for the nearest valid name, or an empty string."""
    found = nearest(name, valid)
    return f"did you mean `{found[0]}`?" if found else ""
