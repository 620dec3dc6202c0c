"""Reads a file that another process is writing, a line at a time."""

from __future__ import annotations

import re
from pathlib import Path


class Tail:
    """The new complete lines of `path` since the last look; a partial last line waits for its end.

    `\\r` ends a line too, because progress bars use it. A file that is not there yet has no lines; one that has
    become shorter is read again from its start.
    """

    def __init__(self, path: Path, *, skip_existing: bool = False) -> None:
        self.path = path
        self._offset = path.stat().st_size if skip_existing and path.exists() else 0
        self._partial = b""

    def lines(self) -> list[str]:
        """The lines that have become complete since the last call, without their ends."""
        *whole, self._partial = re.split(rb"\r\n|\n|\r(?!\n)", self._partial + self._read())
        return [line.decode("utf-8", "replace") for line in whole]

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self._offset:
                    self._offset, self._partial = 0, b""
                file.seek(self._offset)
                new = file.read()
        except FileNotFoundError:
            return b""
        self._offset += len(new)
        return new
