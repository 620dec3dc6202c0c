"""Rows of a file as a stream of JSON values: JSON Lines, a JSON array, concatenated objects, or Parquet.

A row that cannot be read is a `Problem` with its line; the rest of the file is still read. Memory does not grow with
the file: one value, or one batch of Parquet rows, is held at a time.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import IO, Literal, NamedTuple

import orjson

from toolcall_data.conversation.json_text import TOO_DEEP, has_long_number, is_deep, may_be_deep
from toolcall_data.conversation.model import JSON, Problem
from toolcall_data.sources.bytes import Opened

MOST_BYTES = 64 << 20
"""The longest line or array element that is read; a longer one is a finding, so that memory stays bounded."""

_CHUNK = 1 << 18
_EXCERPT = 200
_SPACE = re.compile(r"\s*")
_FIRST_KEY = re.compile(r'\{\s*"((?:[^"\\]|\\.)*)"\s*:')
# A run of blanks is gone over once, from its start: a file may hold nothing but line breaks.
_NEXT_ROW = re.compile(r"(?:\}\s*+,?+|(?<!\s)[^\S\n]*+\n)\s*+(?=\{)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")

Layout = Literal["lines", "values", "parquet"]


class RawRow(NamedTuple):
    """One row: its decoded `value`, or the `problem` that kept it from being read. `row` from 0, `line` from 1.

    `text` is what stands in the file, None where there is no text.
    """

    row: int
    line: int | None
    value: JSON = None
    problem: Problem | None = None
    text: bytes | str | None = None


def layout_of(opened: Opened) -> Layout:
    """How the rows lie in a file, from its first bytes: suffixes are often wrong.

    `lines` is one value a line; `values` is a JSON array, or objects one after another over several lines.
    """
    if opened.is_parquet:
        return "parquet"
    head = opened.head.lstrip()
    first, _, rest = head.partition(b"\n")
    if head.startswith(b"["):
        is_row_of_lines = _is_json(first) and rest.lstrip().startswith(b"{")
        return "lines" if is_row_of_lines else "values"
    whole = rest.rpartition(b"\n")[0] or rest
    if _is_json(first) or not rest.strip() or any(_is_row(line) for line in whole.split(b"\n")):
        return "lines"
    return _by_indent(first)


def _is_row(line: bytes) -> bool:
    """Whether a line is by itself an object that is not indented, as rows of JSON Lines are."""
    return line.startswith(b"{") and _is_json(line) and line.strip() != b"{}"


def _by_indent(first: bytes) -> Layout:
    """A first line that opens an object and closes nothing starts a pretty-printed one."""
    return "values" if first.strip() in (b"{", b"[") or first.rstrip().endswith((b"{", b"[", b",")) else "lines"


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def read_rows(opened: Opened) -> Iterator[RawRow]:
    """The rows of a file in order."""
    layout = layout_of(opened)
    if layout == "parquet":
        return _parquet(opened)
    return read_lines(opened.stream) if layout == "lines" else Values(opened).rows()


def read_lines(stream: IO[bytes], row: int = 0, line: int = 1, size: int | None = None) -> Iterator[RawRow]:
    """The rows of JSON Lines from here to the end, or of the next `size` bytes; they are counted on from `row`."""
    readline, left = stream.readline, sys.maxsize if size is None else size
    while left > 0 and (text := readline(MOST_BYTES)):
        left -= len(text)
        if len(text) >= MOST_BYTES and not text.endswith(b"\n"):
            detail = f"the line is longer than {MOST_BYTES >> 20} MiB and was not read"
            yield RawRow(row, line, problem=_unreadable(detail, text[:_EXCERPT]))
            left -= _skip_line(stream)
            row += 1
        elif not text.isspace():
            yield row_of_line(row, line, text)
            row += 1
        line += 1


def _skip_line(stream: IO[bytes]) -> int:
    """Go to the next line; how many bytes that were."""
    skipped = 0
    while rest := stream.readline(1 << 20):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped


def row_of_line(row: int, line: int, text: bytes) -> RawRow:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _second_look(row, line, text)
    if has_long_number(text):
        return _second_look(row, line, text)
    if may_be_deep(text) and is_deep(value):
        return RawRow(row, line, problem=_unreadable(TOO_DEEP, text[:_EXCERPT]))
    return RawRow(row, line, value, None, text)


def _second_look(row: int, line: int, data: bytes) -> RawRow:
    """What orjson refuses or rounds and Python's parser takes (NaN, long integers), or why neither does."""
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        detail = f"byte {error.start + 1} of the line is no UTF-8 (0x{data[error.start]:02x})"
        shown = data[max(0, error.start - 40) : error.start + 40].decode("utf-8", errors="replace")
        return RawRow(row, line, problem=Problem(kind="file.encoding", detail=detail, value=shown))
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        shown = text[max(0, error.pos - _EXCERPT // 2) : error.pos + _EXCERPT // 2]
        return RawRow(row, line, problem=_unreadable(f"{error.msg.removesuffix(' at')} at column {error.colno}", shown))
    except RecursionError:
        return RawRow(row, line, problem=_unreadable(TOO_DEEP, text[:_EXCERPT]))
    except ValueError as error:
        return RawRow(row, line, problem=_unreadable(str(error), text[:_EXCERPT]))
    if is_deep(value):
        return RawRow(row, line, problem=_unreadable(TOO_DEEP, text[:_EXCERPT]))
    if _LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        return RawRow(
            row, line, problem=_unreadable("holds half of a surrogate pair (\\ud800 to \\udfff)", text[:_EXCERPT])
        )
    return RawRow(row, line, value, None, text)


def _unreadable(detail: str, shown: str | bytes) -> Problem:
    text = shown.decode("utf-8", errors="replace") if isinstance(shown, bytes) else shown
    return Problem(kind="file.json_lines", detail=detail, value=text)


class Values:
    """Values of a JSON array, or of objects written one after another, decoded from a sliding window of text."""

    def __init__(self, opened: Opened) -> None:
        self._stream = opened.stream
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._position = 0
        self._line = 1
        self._rest = b""
        self._at_end = False
        self._keys: set[str] = set()
        self._resynchronised = False

    def rows(self) -> Iterator[RawRow]:
        self._skip_space()
        is_array = self._here() == "["
        if is_array:
            self._advance(self._position + 1)
        row = 0
        while True:
            self._skip_space()
            found = self._end_of_array(row) if is_array else None
            if found is not None:
                yield RawRow(row, self._line, problem=found)
                row += 1
            if self._here() in ("", "]" if is_array else ""):
                return
            yield self._next(row)
            row += 1

    def _here(self) -> str:
        return self._text[self._position : self._position + 1]

    def _end_of_array(self, row: int) -> Problem | None:
        """Go over the comma before a row; what is wrong with the array's punctuation, if anything."""
        if self._here() == "":
            return None if self._resynchronised else _unreadable("the array is not closed: the file ends early", "")
        if row == 0 or self._here() == "]":
            return None
        if self._here() != ",":
            return None if self._resynchronised else _unreadable("no comma between two rows", self._shown())
        self._advance(self._position + 1)
        self._skip_space()
        if self._here() == "":
            return _unreadable("the array is not closed: the file ends early", ",")
        if self._here() == "]":
            return _unreadable("a comma before the closing bracket: no JSON parser of the trainer takes it", ",]")
        return None

    def _shown(self) -> str:
        return _ESCAPED_BYTE.sub("\ufffd", self._text[self._position : self._position + _EXCERPT])

    def _next(self, row: int) -> RawRow:
        line = self._line
        error = self._decode()
        self._resynchronised = isinstance(error, str)
        if isinstance(error, str):
            found = RawRow(row, line, problem=_unreadable(error, self._shown()))
            if not self._keys and (match := _FIRST_KEY.match(self._text, self._position)):
                self._keys.add(match[1])
            self._resynchronise()
            return found
        value, end = error
        written = self._text[self._position : end]
        self._advance(end)
        if _ESCAPED_BYTE.search(written):
            shown = _ESCAPED_BYTE.sub("\ufffd", written)[:_EXCERPT]
            return RawRow(
                row, line, problem=Problem(kind="file.encoding", detail="holds bytes that are no UTF-8", value=shown)
            )
        if "\\u" in written and _LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
            return RawRow(row, line, problem=_unreadable("holds half of a surrogate pair", written[:_EXCERPT]))
        if isinstance(value, dict):
            self._keys.update(value)
        return RawRow(row, line, value, None, written)

    def _decode(self) -> tuple[JSON, int] | str:
        """The value at the position and its end, or what is wrong there; reads on while more text could help."""
        wanted, left = _CHUNK, MOST_BYTES
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._position)
                if end < len(self._text) or self._at_end:
                    return TOO_DEEP if is_deep(value) else (value, end)
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(self._text) - 64 or error.msg.startswith("Unterminated string")
                if self._at_end and is_cut and not self._text.rstrip().endswith("]"):
                    return "the file ends in the middle of a row"
                if self._at_end or not is_cut:
                    line = self._line + self._text.count("\n", self._position, error.pos)
                    return f"{error.msg.removesuffix(' at')} at line {line}"
            except RecursionError:
                return TOO_DEEP
            except ValueError as error:  # an integer of more digits than Python reads
                return str(error)
            if not left:
                return f"a row is longer than {MOST_BYTES >> 20} MiB and was not read"
            self._read(wanted)
            left -= wanted
            wanted = min(2 * wanted, left)

    def _resynchronise(self) -> None:
        """Go to the next object that looks like a row: one that shares a key with the rows read so far."""
        start = self._position + 1
        while True:
            for match in _NEXT_ROW.finditer(self._text, start):
                if self._is_row_at(match.end()):
                    self._advance(match.end())
                    return
            if self._at_end:
                self._advance(self._closing_bracket())
                return
            start = max(start, len(self._text) - 4096)
            self._drop_before(start - 1)
            start = 1
            self._read(_CHUNK)

    def _closing_bracket(self) -> int:
        """The array's closing bracket where the file ends with one, else the end."""
        stripped = self._text.rstrip()
        last = len(stripped) - 1
        return last if stripped.endswith("]") and last > self._position else len(self._text)

    def _is_row_at(self, position: int) -> bool:
        try:
            value, _ = self._decoder.raw_decode(self._text, position)
        except (ValueError, RecursionError):
            return False
        return isinstance(value, dict) and (bool(self._keys & value.keys()) if self._keys else len(value) > 0)

    def _skip_space(self) -> None:
        while True:
            match = _SPACE.match(self._text, self._position)
            end = match.end() if match else self._position
            self._advance(end)
            if end < len(self._text) or self._at_end:
                return
            self._read(_CHUNK)

    def _advance(self, end: int) -> None:
        self._line += self._text.count("\n", self._position, end)
        self._position = end
        if self._position > 4 * _CHUNK:
            self._drop_before(self._position)

    def _drop_before(self, position: int) -> None:
        """Forget text; line breaks between the position and the cut are counted."""
        if position > self._position:
            self._line += self._text.count("\n", self._position, position)
            self._position = position
        self._text = self._text[position:]
        self._position -= position

    def _read(self, size: int) -> None:
        data = self._stream.read(size)
        self._at_end = not data
        data = self._rest + data
        cut = len(data) if self._at_end else _whole_characters(data)
        self._rest = data[cut:]
        self._text += data[:cut].decode("utf-8", errors="surrogateescape")


def _whole_characters(data: bytes) -> int:
    """The length of `data` without a UTF-8 character that its end cuts in two."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            width = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if back >= width else len(data) - back
    return len(data)


def _parquet(opened: Opened) -> Iterator[RawRow]:
    from toolcall_data.sources.parquet import values

    for row, value in enumerate(values(opened.path)):
        yield RawRow(row, None, value)
