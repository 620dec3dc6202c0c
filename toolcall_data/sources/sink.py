"""Rows to a file: JSON Lines or a JSON array, packed or not, as its suffix says; whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Literal, cast

import orjson

from toolcall_data.atomic import whole_file
from toolcall_data.conversation.model import JSON
from toolcall_data.errors import UsageError
from toolcall_data.sources.paths import PACKED_SUFFIXES, STDIN

Layout = Literal["lines", "array"]
Write = Callable[[Mapping[str, JSON]], None]

_LAYOUTS: dict[str, Layout] = {".jsonl": "lines", ".ndjson": "lines", ".json": "array"}


def layout_of(path: str) -> Layout:
    """How rows lie in a file of this name; standard output takes JSON Lines.

    Raises:
        UsageError: the suffix names no layout that is written.
    """
    if path == STDIN:
        return "lines"
    name = path
    for packed in PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    found = _LAYOUTS.get(Path(name).suffix)
    if found is None:
        hint = "rows are written to .jsonl (a row a line) or .json (an array), either also .gz or .zst, or to -"
        raise UsageError(f"`{path}`: the suffix says nothing of how to write rows", hint=hint)
    return found


@contextmanager
def sink(path: str) -> Iterator[Write]:
    """Takes rows one at a time; the file appears at the end, and not at all on an error or a stop.

    Standard output (`-`) gets its rows at the end too, so that an error leaves it empty.

    Raises:
        UsageError: the suffix names no layout; InputError: the file cannot be written.
    """
    layout = layout_of(path)
    with ExitStack() as stack:
        raw = stack.enter_context(_spooled() if path == STDIN else _whole(Path(path)))
        stream = stack.enter_context(_packed(raw, path))
        stream.write(b"[" if layout == "array" else b"")
        is_first = True

        def write(row: Mapping[str, JSON]) -> None:
            nonlocal is_first
            data = encoded(row)
            if layout == "array":
                stream.write((b"\n" if is_first else b",\n") + data)
            else:
                stream.write(data + b"\n")
            is_first = False

        yield write
        stream.write(b"\n]\n" if layout == "array" else b"")


@contextmanager
def stream_to(path: str, *, packed_as: str | None = None, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Takes bytes; the file appears at the end, and not at all on an error or a stop.

    It is packed as its suffix says, or as that of `packed_as`; `mode` are its permission bits where they are known.

    Raises:
        InputError: the file cannot be written.
    """
    with ExitStack() as stack:
        raw = stack.enter_context(_spooled() if path == STDIN else _whole(Path(path)))
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(raw.fileno(), mode)
        yield stack.enter_context(_packed(raw, path if packed_as is None else packed_as))


@contextmanager
def replacing(path: str, *, backup: bool, force: bool) -> Iterator[IO[bytes]]:
    """Takes bytes that take the place of a file at the end, packed as it is and with its permission bits.

    With `backup` the file is kept as FILE.bak; one that exists is replaced only with `force`.

    Raises:
        InputError: the file cannot be written; UsageError: there is a FILE.bak.
    """
    target, kept = Path(path).resolve(), Path(f"{path}.bak")
    with stream_to(str(target), packed_as=_packing(target), mode=target.stat().st_mode & 0o7777) as stream:
        yield stream
        if backup and kept.exists() and not force:
            hint = "--force replaces it, --no-backup keeps none"
            raise UsageError(f"{kept} exists; {path} is left as it is", hint=hint)
        if backup:
            shutil.copy2(target, kept)


def _packing(path: Path) -> str:
    """The suffix that says how a file is packed, from its first bytes."""
    with path.open("rb") as file:
        start = file.read(4)
    return ".gz" if start.startswith(b"\x1f\x8b") else ".zst" if start == b"\x28\xb5\x2f\xfd" else ""


def encoded(row: Mapping[str, JSON]) -> bytes:
    """A row as JSON on one line. Numbers that JSON cannot say become null; integers of any length are kept.

    Raises:
        RecursionError: the row is nested deeper than Python can follow.
    """
    try:
        return orjson.dumps(row)
    except orjson.JSONEncodeError:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """The file and the folders it needs; folders that are made for it go again where it does not come to be."""
    new = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(path) as file:
            yield file.buffer
    except BaseException:
        for folder in new:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _spooled() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        yield file
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def _packed(raw: IO[bytes], path: str) -> Iterator[IO[bytes]]:
    """The stream that packs as the suffix says. The same rows give the same bytes: no time is written into them."""
    if path.endswith(".gz"):
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as stream:
            yield cast("IO[bytes]", stream)
    elif path.endswith(".zst"):
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as writer:
            yield cast("IO[bytes]", writer)
    else:
        yield raw
