"""What the trainer's loader makes of a file, asked of its bytes once its rows have been watched."""

from __future__ import annotations

from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.paths import STDIN
from toolcall_data.sources.pieces import pieces
from toolcall_data.sources.rows import layout_of
from toolcall_data.target.files import Loader, SeenFile, Watch
from toolcall_data.target.registration import Registration

_CHUNK = 10 << 20
"""What the loader of JSON Lines reads at a time, to the end of the line."""

_MARK = b"\xef\xbb\xbf"
_REGISTERED = frozenset({"sharegpt", "alpaca"})


def seen_file(path: str, watch: Watch) -> SeenFile:
    """The file with what was gathered from its rows.

    Raises:
        InputError: it cannot be read any more.
    """
    opened = open_text(path)
    try:
        is_array = opened.head.lstrip().startswith(b"[")
        loader: Loader = "parquet" if opened.is_parquet else "array" if is_array else "lines"
        is_cut = loader == "lines" and not opened.is_packed and (opened.size or 0) > _CHUNK
        is_spread = is_cut and layout_of(opened) == "values"
    finally:
        opened.close()
    with open(path, "rb") as file:
        has_mark = file.read(len(_MARK)) == _MARK
    borders = tuple(piece.row for piece in pieces(path, _CHUNK))[1:] if is_cut and not is_spread else ()
    return SeenFile(path, loader, has_mark, watch, borders, is_spread)


def watch_of(path: str, format_name: str, registration: Registration | None) -> Watch | None:
    """What gathers the shapes of a file's rows; None for files that the trainer would not load as they are.

    Without a registration the file is taken as tcdata would register it.
    """
    if path == STDIN or (registration is None and format_name not in _REGISTERED):
        return None
    return Watch(registration, format_name)
