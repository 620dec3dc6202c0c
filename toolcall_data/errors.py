"""Everything tcdata raises on purpose.

    TcdataError                 a mistake or a failure with one clear message
    ├── UsageError              the command line, a filter or a rule name was wrong         exit 2
    │   └── RecipeError         a recipe, dataset_info.json or trainer option was wrong     exit 2
    ├── InputError              a file is missing, unreadable or not decodable              exit 4
    ├── EmptyError              there was nothing to work on                                exit 5
    └── TrainerError            the trainer's process failed                                exit 6

Bad data is never an exception: it is a finding (`toolcall_data.rules.base.Finding`).
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The public contract of `tcdata`'s exit codes; `tcdata help exit-codes` prints it."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 3
    INPUT = 4
    EMPTY = 5
    CHILD = 6
    INTERRUPTED = 130
    CLOSED_PIPE = 141
    TERMINATED = 143


class TcdataError(Exception):
    """A failure told to the user in one message: what, where and what to do next.

    `code` is a stable `E...` number, `place` is a `file` or `file:line`, `hint` says what to do.
    """

    exit_code = ExitCode.BUG
    code = "E003"

    def __init__(self, message: str, *, place: str | Path | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = str(place) if place is not None else None
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class UsageError(TcdataError):
    """The command was asked wrongly: an unknown name, a bad value, options that exclude each other."""

    exit_code = ExitCode.USAGE
    code = "E002"


class RecipeError(UsageError):
    """A recipe, a dataset_info.json or a trainer option is wrong; `place` is its `file:line`."""

    code = "E020"


class InputError(TcdataError):
    """A file is missing, unreadable, or not decodable."""

    exit_code = ExitCode.INPUT
    code = "E040"


class EmptyError(TcdataError):
    """There is nothing to do: no rows, or none left."""

    exit_code = ExitCode.EMPTY
    code = "E050"


class TrainerError(TcdataError):
    """The trainer's process failed; `log` is the file that holds everything it printed."""

    exit_code = ExitCode.CHILD
    code = "E060"

    def __init__(
        self,
        message: str,
        *,
        place: str | Path | None = None,
        hint: str | None = None,
        log: Path | None = None,
        returncode: int | None = None,
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.log = log
        self.returncode = returncode
