"""What becomes of a row in the trainer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolcall_data.prose import Prose

Kind: TypeAlias = Literal["trains", "drops", "aborts", "alters"]
"""`trains` on what the row says, `drops` the row, `aborts` the whole job, `alters`: trains on something else."""

MOST = 200
"""How many characters of an error or of trained text are kept; LLaMA-Factory prints whole rows in its errors."""

_NONE = Prose("", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What LLaMA-Factory does with a row, and why.

    `cause` is what in the row (or in its dataset_info.json entry) makes it so, `at` the JSON pointer to it. `trained`
    says what is trained instead where the kind is `alters`, `error` what the trainer shows where it is `aborts`:
    exception type, colon, text. All but the kind are empty where the row trains.
    """

    kind: Kind
    cause: Prose = _NONE
    at: str = ""
    trained: str = ""
    error: str = ""


TRAINS = Outcome("trains")


def drops(cause: Prose, at: str = "") -> Outcome:
    """The row is left out; the job goes on."""
    return Outcome("drops", cause, at)


def alters(cause: Prose, trained: str, at: str = "") -> Outcome:
    """Something else than the row says is trained."""
    return Outcome("alters", cause, at, trained=trained if isinstance(trained, Prose) else shortened(trained))


def aborts(error: BaseException, cause: Prose, at: str = "") -> Outcome:
    """The job stops with this exception."""
    return Outcome("aborts", cause, at, error=shortened(f"{type(error).__name__}: {error}"))


def shortened(text: str) -> str:
    """The text, cut where it is long."""
    return text if len(text) <= MOST else f"{text[:MOST]}…"


class EndedError(Exception):
    """The trainer goes no further with a row; raised and caught inside this package."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


@contextmanager
def aborting(cause: Prose | Callable[[], Prose], at: str = "") -> Iterator[None]:
    """A step of the trainer done on the row's own values: what fails there fails here, with the same exception.

    A cause that takes time to put into words may be given as a function.

    Raises:
        EndedError: it failed.
    """
    try:
        yield
    except (TypeError, LookupError, AttributeError, ValueError, RecursionError) as error:
        raise EndedError(aborts(error, cause if isinstance(cause, Prose) else cause(), at)) from None
