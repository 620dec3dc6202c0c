"""The rules there are: found by walking this folder, chosen by name, explained by their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from toolcall_data.catalogue import classes
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean
from toolcall_data.rules.base import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by code.

    Raises:
        LookupError: two rules share a code or a name, or one requires a rule that does not exist.
    """
    found = sorted((rule() for rule in classes("toolcall_data.rules", Rule) if not inspect.isabstract(rule)), key=_code)  # type: ignore[type-abstract]
    for key in (_code, _name):
        seen = [key(rule) for rule in found]
        if len(set(seen)) != len(seen):
            raise LookupError(f"two rules share {sorted({name for name in seen if seen.count(name) > 1})}")
    names = {rule.name for rule in found}
    if unknown := {required for rule in found for required in rule.requires} - names:
        raise LookupError(f"rules require {sorted(unknown)}, which do not exist")
    return tuple(found)


def _code(rule: Rule) -> str:
    return rule.code


def _name(rule: Rule) -> str:
    return rule.name


def rule_named(name: str) -> Rule:
    """The rule with this code or name, in any case.

    Raises:
        UsageError: there is none.
    """
    for rule in rules():
        if name.lower() in (rule.code.lower(), rule.name):
            return rule
    names = [name for rule in rules() for name in (rule.name, rule.code)]
    raise UsageError(f"no rule named `{name}`", hint=did_you_mean(name, names) or "`tcdata rules` lists them")


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that `select` names, less those that `ignore` names; no `select` means all.

    A name is a code, a dotted name, a prefix (`TC4`, `call`) or a glob (`call.*`).

    Raises:
        UsageError: a name fits no rule.
    """
    wanted = _fitting(select) if (select := list(select)) else set(rules())
    return tuple(rule for rule in rules() if rule in wanted and rule not in _fitting(ignore))


def _fitting(names: Iterable[str]) -> set[Rule]:
    found: set[Rule] = set()
    for name in names:
        fitting = {rule for rule in rules() if _fits(rule, name.strip())}
        if not fitting:
            rule_named(name)
        found |= fitting
    return found


def _fits(rule: Rule, name: str) -> bool:
    return (
        rule.code.lower() == name.lower()
        or rule.name == name
        or rule.name.startswith(f"{name}.")
        or (name.upper().startswith("TC") and rule.code.startswith(name.upper()))
        or fnmatchcase(rule.name, name)
    )


@dataclass(frozen=True)
class Explanation:
    """A rule's docstring, parted at its headings; `what` is the first sentence."""

    what: str
    sections: dict[str, str]


def explanation(rule: Rule) -> Explanation:
    """What the docstring of a rule says, under its headings."""
    text = inspect.getdoc(rule) or ""
    pieces = re.split(r"^(What it does|Why it matters|Example|What to do):[ \t]*\n?", text, flags=re.MULTILINE)
    sections = {
        heading: inspect.cleandoc(body).strip() for heading, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    return Explanation(pieces[0].strip(), sections)
