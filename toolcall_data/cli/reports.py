"""Reports of findings on their way to stdout and to files: what `--format`, `--output` and `--report` mean."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from toolcall_data.atomic import whole_file
from toolcall_data.cli.terminal import Terminal, cells, clip
from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean
from toolcall_data.safe_text import safe

if TYPE_CHECKING:
    from toolcall_data.policy import Policy
    from toolcall_data.report.output import Found, Look, Output
    from toolcall_data.target.templates import Target
    from toolcall_data.validation import Validation

SHOWN_PER_RULE = 3


class _ReportName(click.ParamType):  # type: ignore[type-arg]
    """The name of an output; the outputs are imported only when one is named."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return _known(str(value))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        from click.shell_completion import CompletionItem

        from toolcall_data.report.output import outputs

        return [CompletionItem(name) for name in outputs() if name.startswith(incomplete)]


REPORT = _ReportName()


def _known(name: str) -> str:
    from toolcall_data.report.output import outputs

    if name not in outputs():
        hint = did_you_mean(name, outputs()) or f"reports: {', '.join(sorted(outputs()))}"
        raise UsageError(f"no report named `{name}`", hint=hint)
    return name


def look_of(terminal: Terminal, *, show_all: bool, only_counts: bool, is_file: bool) -> Look:
    """How the findings of a command are shown."""
    from toolcall_data.report.output import Look

    return Look(
        language=terminal.language,
        width=terminal.width,
        paint=(lambda text, style: text) if is_file else terminal.paint,
        cells=cells,
        clip=clip,
        most=None if show_all else SHOWN_PER_RULE,
        only_counts=only_counts,
    )


class Written:
    """The reports of one run: the one on stdout or in `--output`, and those of `--report NAME=FILE`.

    Files appear whole, when the run has come to its end.
    """

    def __init__(
        self,
        report: str | None,
        output: str | None,
        more: tuple[str, ...],
        look: Look,
        terminal: Terminal,
    ) -> None:
        self._stack = ExitStack()
        is_terminal = output is None and sys.stdout.isatty()
        self._named = [(report or ("text" if is_terminal else "concise"), output)]
        self._named += [_name_and_file(text) for text in more]
        self._look, self._terminal = look, terminal
        self._outputs: list[Output] = []

    @property
    def wants_summary(self) -> bool:
        """Whether a summary on stderr says what stdout does not."""
        return self._outputs[0].says_summary or self._named[0][1] is not None

    def __enter__(self) -> Self:
        from dataclasses import replace

        from toolcall_data.report.output import outputs

        plain = replace(self._look, paint=lambda text, style: text)
        for name, file in self._named:
            out = _Stdout(self._terminal) if file is None else self._stack.enter_context(whole_file(Path(file)))
            self._outputs.append(outputs()[name](out, self._look if file is None else plain))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, found: Found) -> None:
        for output in self._outputs:
            output.add(found)

    def end(self, validation: Validation) -> None:
        for output in self._outputs:
            output.end(validation)
            output.out.flush()


class _Stdout:
    """Standard output, with the progress line out of the way."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        self._terminal.clear_progress()
        return sys.stdout.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        sys.stdout.flush()


def _name_and_file(text: str) -> tuple[str, str]:
    name, sign, file = text.partition("=")
    if not sign or not file:
        raise UsageError(f"--report takes NAME=FILE, not `{text}`", hint="for example --report html=report.html")
    return _known(name), file


def summary(validation: Validation, policy: Policy, target: Target | None, terminal: Terminal) -> None:
    """A line a file and one in all, on stderr: stdout holds findings only."""
    from toolcall_data.report.finding_text import file_line, outcome_line, totals
    from toolcall_data.report.output import Look
    from toolcall_data.rules.base import Severity

    look = Look(language=terminal.language)
    for file in validation.files:
        terminal.summary(safe(file_line(file, look)))
        if target is not None and (line := outcome_line(file, target.template.name, look)):
            terminal.summary(f"  {line}")
    if policy.known:
        said = look.words(
            f"{policy.known:,} known findings not shown (baseline)", f"基线中已有 {policy.known:,} 个问题，未显示"
        )
        terminal.summary(said)
    if not any(validation.severities[severity] for severity in Severity):
        terminal.summary(terminal.paint(look.words("no findings", "没有发现问题"), "good", sys.stderr))
        return
    fixable = ""
    if validation.fixable:
        fixable = look.words(
            f" · {validation.fixable:,} with a safe fix (`tcdata fix`)",
            f" · 其中 {validation.fixable:,} 个可安全修复（`tcdata fix`）",
        )
    terminal.summary(terminal.paint(totals(validation, look) + fixable, "bold", sys.stderr))
