"""The nearest valid name to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, valid: Iterable[str], *, most: int = 1) -> list[str]:
    """The closest `valid` names to `name`, best first; empty when nothing is near."""
    import difflib

    return difflib.get_close_matches(name, list(valid), n=most, cutoff=0.6)


def one_edit_away(name: str, valid: Iterable[str]) -> list[str]:
    """The `valid` names that differ from `name` by one character, or only in case and in `_`, `-` and spaces."""
    return [other for other in valid if other != name and (_bare(name) == _bare(other) or _is_near(name, other))]


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in "_- ")


def _is_near(one: str, other: str) -> bool:
    """Whether one character added, left out, changed or swapped with the next makes one name of the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    left, right = short[start:], long[start:]
    if len(short) < len(long):
        return left == right[1:]
    return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """`did you mean `x`?` for the nearest valid name, or an empty string."""
    found = nearest(name, valid)
    return f"did you mean `{found[0]}`?" if found else ""
