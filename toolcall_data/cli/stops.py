"""Ctrl-C and SIGTERM: both end a command as an exception does, so that nothing half-written stays behind."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from toolcall_data.errors import ExitCode

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_SECONDS = 0.02


def obey_stops() -> None:
    """Make SIGTERM raise, and see that neither it nor Ctrl-C is lost."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitCode.TERMINATED))
    sys.unraisablehook = _insist


def _insist(lost: UnraisableHookArgs) -> None:
    """Send a stop again that came while compiled code was at work and was swallowed there, as pydantic's does."""
    if lost.exc_type not in (KeyboardInterrupt, SystemExit):
        sys.__unraisablehook__(lost)
        return
    import threading

    number = signal.SIGINT if lost.exc_type is KeyboardInterrupt else signal.SIGTERM
    again = threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()
