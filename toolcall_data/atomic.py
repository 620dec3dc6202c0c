"""Writing a whole file or nothing."""

from __future__ import annotations

import os
from pathlib import Path


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
