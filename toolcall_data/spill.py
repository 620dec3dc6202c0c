"""Bytes that are appended and read back, in memory as long as they are few."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

IN_MEMORY = 8 << 20
"""Bytes that are held before they go to a temporary file."""
_PIECE = 1 << 20


class Spill:
    """Bytes; beyond 8 MiB they lie in a temporary file that has no name and goes with the process. May be pickled."""

    def __init__(self) -> None:
        self._start = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self._is_at_end = True

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        self._size += len(data)
        if self._file is None:
            self._start += data
            if len(self._start) > IN_MEMORY:
                self._to_file()
            return
        if not self._is_at_end:
            self._file.seek(0, 2)
            self._is_at_end = True
        self._file.write(data)

    def _to_file(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._file.write(self._start)
        self._start = bytearray()

    def read(self, start: int, size: int) -> bytes:
        if self._file is None:
            return bytes(self._start[start : start + size])
        self._file.seek(start)
        self._is_at_end = False
        return self._file.read(size)

    def pieces(self) -> Iterator[bytes]:
        """Everything, a mebibyte at a time."""
        for start in range(0, self._size, _PIECE):
            yield self.read(start, min(_PIECE, self._size - start))

    def rows(self, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        """Everything as rows of so many bytes; nothing may be appended while they are in use."""
        import numpy as np

        if self._file is None:
            return np.frombuffer(self._start, dtype=np.uint8).reshape(-1, width)
        self._file.flush()
        return np.memmap(self._file, dtype=np.uint8, mode="r", shape=(self._size // width, width))

    def __getstate__(self) -> bytes:
        return self.read(0, self._size)

    def __setstate__(self, state: bytes) -> None:
        self.__init__()  # type: ignore[misc]
        self.append(state)
