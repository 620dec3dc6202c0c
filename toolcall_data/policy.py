"""Which rules judge which file, how bad their findings are, and which findings are known already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from toolcall_data.baseline import Baseline
from toolcall_data.configuration import Found, Level, severity_of
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._registry import chosen
from toolcall_data.rules.base import Finding, Rule, Severity


class Policy:
    """What becomes of findings. `rules` are those that judge; `known` counts findings that the baseline kept back."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        severities: Mapping[str, Severity] | None = None,
        settings: Found | None = None,
        baseline: Baseline | None = None,
    ) -> None:
        self.rules = rules
        self.severities = severities or {}
        self.settings = settings or Found()
        self.baseline = baseline
        self.known = 0
        self._files: dict[str, tuple[frozenset[str], Mapping[str, Severity]]] = {}

    @property
    def is_plain(self) -> bool:
        """Whether findings are reported just as the rules make them."""
        return not self.severities and not self.settings.configuration.per_path and self.baseline is None

    def apply(self, conversation: Conversation | None, findings: list[Finding]) -> list[Finding]:
        """The findings of one row that are reported, with their severity here."""
        if self.is_plain or not findings:
            return findings
        found = [finding for finding in map(self._judged, findings) if finding is not None]
        if self.baseline is None:
            return found
        new = self.baseline.new(conversation, found)
        self.known += len(found) - len(new)
        return new

    def _judged(self, finding: Finding) -> Finding | None:
        ignored, severities = self._at(finding.file)
        if finding.name in ignored:
            return None
        severity = severities.get(finding.name, finding.severity)
        return finding if severity is finding.severity else replace(finding, severity=severity)

    def _at(self, file: str) -> tuple[frozenset[str], Mapping[str, Severity]]:
        """What is ignored in a file, and the severities there."""
        if file not in self._files:
            self._files[file] = self._settle(file)
        return self._files[file]

    def _settle(self, file: str) -> tuple[frozenset[str], Mapping[str, Severity]]:
        ignored: set[str] = set()
        severities = dict(self.severities)
        for pattern, settings in self.settings.configuration.per_path.items():
            if _fits(file, pattern, self.settings.folder):
                ignored |= {rule.name for rule in chosen(settings.ignore)} if settings.ignore else set()
                severities |= by_rule(settings.severity)
        return frozenset(ignored), severities


def by_rule(levels: Mapping[str, Level]) -> dict[str, Severity]:
    """Severities by the names of the rules that the keys mean; later keys win."""
    return {rule.name: severity_of(level) for name, level in levels.items() for rule in chosen([name])}


def policy(
    settings: Found, *, select: Iterable[str] = (), ignore: Iterable[str] = (), extend: Iterable[str] = ()
) -> Policy:
    """The policy of a project with what the command line says: its `select` replaces that of the settings.

    A rule whose severity is raised above `info` is run though it is a statistic.

    Raises:
        UsageError: a name fits no rule.
    """
    found = settings.configuration
    severities = by_rule(found.severity)
    raised = [name for name, severity in severities.items() if severity > Severity.INFO]
    own = found.validation
    rules = chosen(list(select) or own.select, [*own.ignore, *ignore], [*own.extend_select, *extend, *raised])
    return Policy(rules, severities, settings)


def _fits(file: str, pattern: str, folder: Path) -> bool:
    """Whether a glob relative to the settings' folder means a file."""
    path = Path(file).absolute()
    root = folder.absolute()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return fnmatchcase(name, pattern) or fnmatchcase(path.name, pattern)
