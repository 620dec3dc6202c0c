"""The terminal: options that every command takes, colours, widths, errors, and the progress line.

Results go to stdout; everything else goes to stderr.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import click

from toolcall_data.errors import ExitCode, TcdataError, TrainerError, UsageError
from toolcall_data.prose import Language
from toolcall_data.safe_text import safe

if TYPE_CHECKING:
    from toolcall_data.events import Event, TrainStep

GLOBAL_OPTIONS = (
    ("-q, --quiet", "no progress and no summary; -qq: the exit code only  [TCDATA_QUIET]"),
    ("-v, --verbose", "say each step on stderr; -vv: debug, tracebacks  [TCDATA_VERBOSE]"),
    ("--color auto|always|never", "colours  [TCDATA_COLOR, NO_COLOR, FORCE_COLOR]"),
    ("--no-progress", "no progress line  [TCDATA_NO_PROGRESS, CI]"),
    ("--lang en|zh", "language of messages and the browser  [TCDATA_LANG, LC_ALL, LANG]"),
    ("-C, --directory DIR", "run as if started in DIR"),
    ("-h, --help", "help"),
    ("-V, --version", "version"),
)
STYLES = {"error": "1;31", "warning": "1;33", "info": "36", "good": "32", "dim": "2", "bold": "1", "blue": "34"}


class Terminal:
    """How to speak to the person, or the program, at the other end."""

    def __init__(self) -> None:
        self.quiet = _level("TCDATA_QUIET")
        self.verbose = _level("TCDATA_VERBOSE")
        self.color = os.environ.get("TCDATA_COLOR", "auto")
        self.language = _language()
        """The language of prose. Codes, names and JSON keys never change."""
        self.show_progress = sys.stderr.isatty() and not _is_set("TCDATA_NO_PROGRESS") and not _is_set("CI")
        self._progress: _ProgressLine | None = None

    def take_options(self, arguments: Sequence[str]) -> list[str]:
        """Take the options of every command out of a command line, wherever they stand, and obey them.

        Raises:
            UsageError: one lacks its value or has a wrong one.
        """
        rest: list[str] = []
        waiting = iter(arguments)
        for argument in waiting:
            if argument == "--":
                return [*rest, argument, *waiting]
            if not self._take(argument, waiting):
                rest.append(argument)
        return rest

    def _take(self, argument: str, waiting: object) -> bool:
        name, sign, value = argument.partition("=")
        if re.fullmatch(r"-q+|--quiet", argument):
            self.quiet += argument.count("q") if argument != "--quiet" else 1
        elif re.fullmatch(r"-v+|--verbose", argument):
            self.verbose += argument.count("v") if argument != "--verbose" else 1
        elif argument == "--no-progress":
            self.show_progress = False
        elif name == "--color":
            self.color = value if sign else _next(waiting, name)
            if self.color not in ("auto", "always", "never"):
                raise UsageError(f"--color takes auto, always or never, not `{self.color}`")
        elif name == "--lang":
            language = value if sign else _next(waiting, name)
            if language not in ("en", "zh"):
                raise UsageError(f"--lang takes en or zh, not `{language}`")
            self.language = "zh" if language == "zh" else "en"
        elif name in ("-C", "--directory"):
            _change_to(value if sign else _next(waiting, name))
        else:
            return False
        return True

    def has_color(self, stream: TextIO) -> bool:
        """Whether to colour what goes to a stream."""
        if self.color != "auto":
            return self.color == "always"
        if _is_set("NO_COLOR"):
            return False
        if _is_set("FORCE_COLOR") or _is_set("CLICOLOR_FORCE"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"

    def paint(self, text: str, style: str, stream: TextIO | None = None) -> str:
        """Text in a style, plain where colours are off."""
        wanted = self.has_color(stream or sys.stdout)
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if wanted and text else text

    @property
    def width(self) -> int:
        """Columns of the terminal, 100 where there is none."""
        return shutil.get_terminal_size((100, 24)).columns

    def line(self, text: str) -> None:
        """One line to stderr, above the progress line."""
        self.clear_progress()
        if self.quiet < 2:
            print(text, file=sys.stderr, flush=True)

    def summary(self, text: str) -> None:
        """One closing line to stderr, left out when quiet."""
        if not self.quiet:
            self.line(text)

    def error(self, error: TcdataError) -> None:
        """An error in the shape of a finding: what, where, what to do."""
        self.clear_progress()
        if self.quiet >= 2:
            return
        head = self.paint(f"error[{error.code}]", "error", sys.stderr)
        print(f"{head} {safe(error.message)}", file=sys.stderr)
        if error.place:
            print(f"  --> {safe(error.place)}", file=sys.stderr)
        if error.hint:
            print(f" {self.paint('help:', 'blue', sys.stderr)} {safe(error.hint)}", file=sys.stderr)
        if isinstance(error, TrainerError) and error.log is not None and str(error.log) != error.place:
            print(f"  log: {error.log}", file=sys.stderr)
        if self.verbose >= 2:
            import traceback

            traceback.print_exception(error)

    def crash(self, error: Exception, arguments: Sequence[str]) -> int:
        """Our own fault: write what is needed to report it into a file, and say where it lies."""
        import traceback

        from toolcall_data.cache import cache_dir
        from toolcall_data.version import __version__

        folder = cache_dir() / "crashes"
        text = f"tcdata {__version__}\nPython {sys.version}\narguments: {list(arguments)}\n\n"
        text += "".join(traceback.format_exception(error))
        place = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", errors="backslashreplace")
            report = f"please report it with {place}"
        except OSError:
            report = text
        self.clear_progress()
        head = self.paint("error[E003]", "error", sys.stderr)
        print(f"{head} a fault in tcdata: {type(error).__name__}: {error}\n {report}", file=sys.stderr)
        if self.verbose >= 2:
            traceback.print_exception(error)
        return ExitCode.BUG

    def listen(self, event: Event) -> None:
        """The listener of stages: notes as lines, progress as one line that is drawn over."""
        from toolcall_data import events

        match event:
            case events.Note(text=text, level="warning"):
                self.line(f"{self.paint('warning:', 'warning', sys.stderr)} {safe(text)}")
            case events.Note(text=text, level=level):
                if self.verbose or (level == "progress" and not self.quiet):
                    self.line(safe(text))
            case events.TrainStep():
                self._draw_step(event)
            case events.Started(step=step, total=total, unit=unit):
                self._draw(step, 0, total, unit)
            case events.Progress(step=step, done=done, total=total, unit=unit):
                self._draw(step, done, total, unit)
            case events.Done():
                self.clear_progress()

    def _draw(self, step: str, done: int, total: int | None, unit: str) -> None:
        if not self.show_progress or self.quiet:
            return
        if self._progress is None:
            self._progress = _ProgressLine()
        self._progress.draw(step, done, total, unit, self.width)

    def _draw_step(self, step: TrainStep) -> None:
        """A training step: drawn over on a terminal, a line of its own in a pipe."""
        if self.quiet or (step.loss is None and step.eval_loss is None):
            return
        text = step_text(step)
        if not self.show_progress:
            print(text, file=sys.stderr, flush=True)
            return
        if self._progress is None:
            self._progress = _ProgressLine()
        self._progress.show(clip(f"{_bar(step.step, step.total_steps)} {text}", self.width - 1))

    def clear_progress(self) -> None:
        """Take the progress line off the screen."""
        if self._progress is not None:
            self._progress.clear()


class _ProgressLine:
    """One line on stderr, first drawn after half a second, at most ten times a second."""

    def __init__(self) -> None:
        self._begun = self._drawn = time.monotonic()
        self._is_shown = False

    def draw(self, step: str, done: int, total: int | None, unit: str, width: int) -> None:
        now = time.monotonic()
        if now - self._begun < 0.5 or now - self._drawn < 0.1:
            return
        self._drawn = now
        shown = f"{done / 1e6:.1f} MB" if unit == "bytes" else f"{done:,} {unit}"
        share = f" {done / total:4.0%}" if total else ""
        self.show(clip(f"{step}{share}  {shown}", width - 1))

    def show(self, text: str) -> None:
        """Draw a line over the last one."""
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        self._is_shown = True

    def clear(self) -> None:
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False


def step_text(step: TrainStep) -> str:
    """A training step in words: step, loss, learning rate, throughput, time left."""
    said = [f"step {step.step}/{step.total_steps}"]
    if step.loss is not None:
        said.append(f"loss {step.loss:.4f}")
    if step.eval_loss is not None:
        said.append(f"eval loss {step.eval_loss:.4f}")
    if step.learning_rate is not None:
        said.append(f"lr {step.learning_rate:.2e}")
    if step.tokens_per_second is not None:
        said.append(f"{step.tokens_per_second:,.0f} tok/s")
    if step.remaining_seconds:
        minutes, seconds = divmod(int(step.remaining_seconds), 60)
        said.append(f"ETA {minutes // 60}:{minutes % 60:02}:{seconds:02}")
    return "  ".join(said)


def _bar(done: int, total: int) -> str:
    filled = round(16 * done / total) if total else 0
    return "[" + "#" * filled + "." * (16 - filled) + "]"


def current() -> Terminal:
    """The terminal of the running command."""
    context = click.get_current_context(silent=True)
    found = context.find_root().obj if context is not None else None
    return found if isinstance(found, Terminal) else Terminal()


def cells(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    import unicodedata

    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int) -> str:
    """Text cut to `width` cells, the ellipsis included."""
    if len(text) <= width and cells(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _cells_of(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false", "no")


def _language() -> Language:
    """What the environment says: the first of its variables that is set."""
    for name in ("TCDATA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := os.environ.get(name):
            return "zh" if chosen[:2].lower() == "zh" else "en"
    return "en"


def _level(name: str) -> int:
    """How often an option is given by its variable: a number, or once for any other word but `no` and its like."""
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else int(_is_set(name))


def _next(waiting: object, name: str) -> str:
    for value in waiting:  # type: ignore[attr-defined]
        return str(value)
    raise UsageError(f"{name} needs a value")


def _change_to(folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(f"-C {folder}: {error.strerror}") from error
