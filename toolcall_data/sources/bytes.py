"""Opening a file as UTF-8 bytes: unpacked, its byte order mark removed, and refused where it is something else."""

from __future__ import annotations

import codecs
import gzip
import io
import shlex
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from toolcall_data.errors import InputError
from toolcall_data.sources.paths import STDIN

_PROBE = 1 << 16
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
_PACKED_AT_ONCE = 1 << 14
"""Small, for a frame may unpack to thousands of times its size."""


@dataclass
class Opened:
    """A byte stream of UTF-8 text; `head` is what stands at its start, unread; `size` None where it is unknown."""

    path: str
    stream: IO[bytes]
    head: bytes
    size: int | None
    _raw: IO[bytes]
    mark: bytes = b""
    """The byte order mark that was removed, empty where there was none."""

    @property
    def position(self) -> int:
        """Bytes of the file on disk that were read so far, 0 for a stream that cannot tell."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return 0

    @property
    def is_packed(self) -> bool:
        """Whether the bytes on disk are other than those of the stream."""
        return self.stream is not self._raw

    @property
    def is_parquet(self) -> bool:
        return self.head.startswith(PARQUET_MAGIC)

    def close(self) -> None:
        if self.path != STDIN:
            self.stream.close()
            self._raw.close()


def open_text(path: str) -> Opened:
    """Open a file, `-` meaning standard input; gzip and Zstandard are known by their first bytes.

    Raises:
        InputError: missing, no permission, a folder, packed wrongly, binary, or in another encoding than UTF-8; the
            message names the encoding and the command that converts it.
    """
    raw = _open_raw(path)
    try:
        stream = _unpack(raw, path)
        head = stream.peek(_PROBE)[:_PROBE]
        if not head.startswith(PARQUET_MAGIC):
            _refuse_other_encodings(path, head)
    except InputError:
        raw.close()
        raise
    except (OSError, EOFError, zlib.error) as error:
        raw.close()
        raise InputError(f"cannot unpack {path}: {error}", hint="get the file again") from error
    mark = _UTF8_MARK if head.startswith(_UTF8_MARK) else b""
    if mark:
        stream.read(len(mark))
        head = head[len(mark) :]
    size = Path(path).stat().st_size if path != STDIN else None
    return Opened(path, stream, head, size, raw, mark)


def _open_raw(path: str) -> io.BufferedReader:
    if path == STDIN:
        return cast("io.BufferedReader", sys.stdin.buffer)
    try:
        return cast("io.BufferedReader", open(path, "rb", buffering=1 << 20))
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder, not a file") from error
    except PermissionError as error:
        raise InputError(f"no permission to read {path}") from error
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except OSError as error:
        raise InputError(f"cannot open {path}: {error.strerror or error}") from error


def _unpack(raw: io.BufferedReader, path: str) -> io.BufferedReader:
    start = raw.peek(4)[:4]
    if start.startswith(_GZIP_MAGIC):
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw)), 1 << 20)
    if start.startswith(_ZSTD_MAGIC):
        return io.BufferedReader(_Zstandard(raw), 1 << 20)
    return raw


class _Zstandard(io.RawIOBase):
    """The content of Zstandard frames. Unlike zstandard's own reader it notices a file that ends inside a frame.

    Its errors are `OSError` and `EOFError`, as gzip's are.
    """

    def __init__(self, raw: IO[bytes]) -> None:
        import zstandard

        self._raw = raw
        self._open = zstandard.ZstdDecompressor().decompressobj
        self._errors = zstandard.ZstdError
        self._frame: Any = None
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._ready:
            packed = self._raw.read(_PACKED_AT_ONCE)
            if not packed:
                if self._frame is not None:
                    raise EOFError("Compressed file ended before the end of a frame")
                return 0
            self._ready = memoryview(self._unpacked(packed))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _unpacked(self, packed: bytes) -> bytes:
        found: list[bytes] = []
        try:
            while packed:
                self._frame = self._frame or self._open()
                found.append(self._frame.decompress(packed))
                packed = b""
                if self._frame.eof:
                    packed, self._frame = self._frame.unused_data, None
        except self._errors as error:
            raise OSError(str(error)) from error
        return b"".join(found)


def _refuse_other_encodings(path: str, head: bytes) -> None:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            raise _wrong_encoding(path, encoding)
    if wide := _wide_encoding(head):
        raise _wrong_encoding(path, wide)
    if b"\0" in head and head.lstrip()[:1] not in b"{[":
        raise InputError(f"{path} is a binary file, not JSON", hint="tcdata reads JSON, JSON Lines and Parquet")
    if _is_mostly_utf8(head):
        return
    try:
        codecs.getincrementaldecoder("gb18030")().decode(head)
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text, nor any encoding tcdata knows") from None
    raise _wrong_encoding(path, "gb18030")


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of JSON text without a byte order mark whose first character takes two or four bytes."""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        if any(head.startswith(first.encode(encoding)) for first in "{[ \r\n"):
            return encoding
    return None


def _is_mostly_utf8(head: bytes) -> bool:
    """Whether the text is UTF-8 but for a few stray bytes, which are findings of their rows."""
    text = head.decode("utf-8", errors="replace")
    stray = text.count("\ufffd") - head.count("\ufffd".encode())
    wide = sum(1 for character in text if character > "\x7f")
    return stray <= 2 or stray * 20 < wide


def _wrong_encoding(path: str, encoding: str) -> InputError:
    shown = "GBK (gb18030)" if encoding == "gb18030" else encoding.upper()
    name = "data.json" if path == STDIN else path
    source = encoding.upper().replace("-LE", "LE").replace("-BE", "BE")
    return InputError(
        f"{path} is {shown}, not UTF-8: the trainer cannot read it",
        hint=f"convert it: iconv -f {source} -t UTF-8 {shlex.quote(name)} > {shlex.quote(_utf8_name(name))}",
    )


def _utf8_name(name: str) -> str:
    path = Path(name)
    return str(path.with_name(f"{path.stem}.utf8{path.suffix}"))
