"""Writing a whole file or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from toolcall_data.errors import InputError


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file so that nobody ever sees half of it: a temporary file in the same folder takes its place.

    Text is written as UTF-8. An error, or a stop, leaves the old file as it was.
    """
    temporary = path.with_name(f".{path.name}.tcdata-{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file to write to bit by bit, that appears at its end and not at all on an error or a stop.

    Raises:
        InputError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.tcdata-{os.getpid()}.tmp")
    try:
        file = temporary.open("w", encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
