"""The rules there are: found by walking this folder, chosen by name, explained by their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import TypeGuard

from toolcall_data.catalogue import classes
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean
from toolcall_data.prose import Language
from toolcall_data.rules.base import Rule, Severity


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by code.

    Raises:
        LookupError: two rules share a code or a name, or one requires a rule that does not exist.
        UsageError: a plugin's rules cannot be loaded.
    """
    own = [rule() for rule in classes("toolcall_data.rules", Rule) if not inspect.isabstract(rule)]  # type: ignore[type-abstract]
    found = sorted([*own, *_plugins({rule.name for rule in own})], key=_code)
    for key in (_code, _name):
        seen = [key(rule) for rule in found]
        if len(set(seen)) != len(seen):
            raise LookupError(f"two rules share {sorted({name for name in seen if seen.count(name) > 1})}")
    names = {rule.name for rule in found}
    if unknown := {required for rule in found for required in rule.requires} - names:
        raise LookupError(f"rules require {sorted(unknown)}, which do not exist")
    return tuple(found)


def _plugins(own_names: set[str]) -> list[Rule]:
    """The rules of other packages: what their entry points of the group `tcdata.rules` name, a rule or a module.

    Raises:
        UsageError: a plugin cannot be loaded, or a code or name of its rules is one of ours.
    """
    from importlib.metadata import entry_points

    found: list[Rule] = []
    for entry in entry_points(group=PLUGINS):
        try:
            loaded = entry.load()
        except Exception as error:
            hint = f"`pip uninstall` the package that declares it, or mend {entry.value}"
            raise UsageError(f"the rules of plugin `{entry.name}` do not load: {error}", hint=hint) from error
        kinds = vars(loaded).values() if inspect.ismodule(loaded) else [loaded]
        found += [kind() for kind in kinds if _is_rule(kind, loaded)]
    if taken := [rule.name for rule in found if rule.name in own_names]:
        raise UsageError(f"plugin rules have the names of tcdata's own: {', '.join(taken)}", hint="rename them")
    if taken := [rule.code for rule in found if rule.code.startswith(OWN_CODES)]:
        raise UsageError(f"plugin rules have the codes {', '.join(taken)}", hint=f"{OWN_CODES} codes are tcdata's own")
    return found


def _is_rule(kind: object, loaded: object) -> TypeGuard[type[Rule]]:
    """Whether a name of a plugin is a rule of its own."""
    own = not inspect.ismodule(loaded) or getattr(kind, "__module__", "") == loaded.__name__
    return own and isinstance(kind, type) and issubclass(kind, Rule) and not inspect.isabstract(kind)


PLUGINS = "tcdata.rules"
OWN_CODES = "TC"


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


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = (), extend: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that `select` or `extend` names, less those that `ignore` names.

    No `select` means all that find faults. Statistics (severity `info`) say nothing is wrong: they are run when their
    own name or code is given, or with `all`.

    A name is a code, a dotted name, a prefix (`TC4`, `call`), a glob (`call.*`), or `all`.

    Raises:
        UsageError: a name fits no rule.
    """
    usual = {rule for rule in rules() if rule.severity > Severity.INFO}
    wanted = (_selected(select) if (select := list(select)) else usual) | _selected(extend)
    unwanted = _fitting(ignore)
    return tuple(rule for rule in rules() if rule in wanted and rule not in unwanted)


def _selected(names: Iterable[str]) -> set[Rule]:
    """The rules that names mean; prefixes and globs mean statistics only where they mean nothing else."""
    found: set[Rule] = set()
    for name in names:
        fitting = _fitting([name])
        faults = {rule for rule in fitting if rule.severity > Severity.INFO or _is_named(rule, name.strip())}
        found |= faults or fitting
    return found


def _is_named(rule: Rule, name: str) -> bool:
    return name in (rule.name, "all") or rule.code.lower() == name.lower()


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
        _is_named(rule, name)
        or rule.name.startswith(f"{name}.")
        or (name.upper().startswith("TC") and rule.code.startswith(name.upper()))
        or fnmatchcase(rule.name, name)
    )


@dataclass(frozen=True)
class Explanation:
    """A rule's explanation, parted at its headings; `what` is the first sentence."""

    what: str
    sections: dict[str, str]


HEADINGS: dict[Language, tuple[str, ...]] = {
    "en": ("What it does", "Why it matters", "Example", "What to do"),
    "zh": ("检查什么", "为什么重要", "例子", "怎么办"),
}


def explanation(rule: Rule, language: Language = "en") -> Explanation:
    """What a rule says of itself, under its headings; in English where it has no Chinese."""
    if language == "zh" and not rule.chinese:
        language = "en"
    text = inspect.cleandoc(rule.chinese) if language == "zh" else inspect.getdoc(rule) or ""
    pieces = re.split(rf"^({'|'.join(HEADINGS[language])})[:：][ \t]*\n?", text, flags=re.MULTILINE)
    sections = {
        heading: inspect.cleandoc(body).strip() for heading, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    return Explanation(pieces[0].strip(), sections)
