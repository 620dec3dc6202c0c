"""Mutations of a file as bytes, and how rows become one."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import zstandard

from tests.fuzz.dice import Dice
from tests.fuzz.seeds import lines
from tests.fuzz.texts import endless
from tests.fuzz.values import DEEP

_DEEP = re.compile(rf'(\\*"){DEEP}([\[{{])(\d+)@\\*"')


def line_of(dice: Dice, row: Any) -> bytes:
    """A row as a line of JSON; what nests deep is written out, whatever a JSON writer can follow."""
    text = json.dumps(row, ensure_ascii=dice.chance(0.2))
    return (_DEEP.sub(_nested, text) if DEEP in text else text).encode("utf-8", "surrogatepass")


def _nested(match: re.Match[str]) -> str:
    quote, bracket, depth = match[1], match[2], int(match[3])
    if bracket == "[":
        return "[" * depth + "]" * depth
    return f"{{{quote}a{quote}:" * depth + "1" + "}" * depth


def file_of(dice: Dice, rows: Sequence[Any]) -> bytes:
    """Rows as a file: a row a line, an array, or objects one after another over several lines."""
    written = [line_of(dice, row) for row in rows]
    if dice.chance(0.3):
        written.insert(dice.below(len(written)), dice.one_of(lines()))
    layout = dice.below(4)
    if layout == 1:
        return b"[" + b",\n".join(written) + b"]"
    if layout == 2:
        spread = [line.replace(b", ", b",\n  ").replace(b"{", b"{\n", 1) for line in written]
        return b"[\n" + b",\n".join(spread) + b"\n]\n" if dice.chance(0.5) else b"\n".join(spread)
    return b"\n".join(written) + b"\n"


def mutate_bytes(dice: Dice, data: bytes) -> bytes:
    """The file with something done to its bytes."""
    return dice.one_of(_WAYS)(dice, data)


def _cut(dice: Dice, data: bytes) -> bytes:
    return data[: dice.below(len(data))]


def _flip(dice: Dice, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(dice.few(8) if found else 0):
        found[dice.below(len(found))] = dice.below(256)
    return bytes(found)


def _insert(dice: Dice, data: bytes) -> bytes:
    for _ in range(dice.few(5)):
        at = dice.below(len(data) + 1)
        data = data[:at] + dice.one_of(_PIECES) + data[at:]
    return data


def _remove(dice: Dice, data: bytes) -> bytes:
    at = dice.below(len(data))
    return data[:at] + data[at + dice.few(200) :]


def _double(dice: Dice, data: bytes) -> bytes:
    start, size = dice.below(len(data)), dice.few(2000)
    return data[: start + size] + data[start:]


def _mark(dice: Dice, data: bytes) -> bytes:
    return dice.one_of((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"\n\n", b" \t", b"\x00")) + data


def _other_encoding(dice: Dice, data: bytes) -> bytes:
    name = dice.one_of(("gb18030", "utf-16", "utf-16-le", "utf-32-be", "big5", "shift_jis", "cp1252"))
    return data.decode("utf-8", "replace").encode(name, "replace")


def _line_ends(dice: Dice, data: bytes) -> bytes:
    return data.replace(
        b"\n", dice.one_of((b"\r\n", b"\r", b"", b" ", b"\n\n", b"\n \n", "\u2028".encode(), b"\x00\n"))
    )


def _packed(dice: Dice, data: bytes) -> bytes:
    packed = gzip.compress(data, 1, mtime=0) if dice.chance(0.5) else zstandard.ZstdCompressor().compress(data)
    return packed if dice.chance(0.4) else dice.one_of((_cut, _flip, _remove))(dice, packed)


def _endless(dice: Dice, data: bytes) -> bytes:
    at = dice.below(len(data) + 1)
    if dice.chance(0.5):
        return data[:at] + endless(dice).encode("utf-8", "surrogatepass") + data[at:]
    repeated = dice.one_of(_PIECES)
    return data[:at] + repeated * (dice.many(40_000) // len(repeated) + 1) + data[at:]


def _brackets(dice: Dice, data: bytes) -> bytes:
    old, new = dice.one_of(
        ((b"]", b""), (b"[", b""), (b"{", b"["), (b"}", b"}}"), (b'"', b""), (b":", b","), (b",", b",,"))
    )
    return data.replace(old, new, dice.few(20))


def _columns(dice: Dice, data: bytes) -> bytes:
    """The JSON values of lines as columns of a Parquet file, with values that only Parquet has."""
    import polars as pl

    columns: dict[str, Any] = {}
    for line in data.split(b"\n")[:1]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        columns |= {str(key): [value] for key, value in row.items()} if isinstance(row, dict) else {}
    try:
        frame = pl.DataFrame(columns or {"a": [1]}, strict=False)
        for _ in range(dice.few(3)):
            column = dice.one_of(frame.columns)
            frame = frame.with_columns(dice.one_of(_CASTS)(pl).alias(column))
        found = io.BytesIO()
        frame.write_parquet(found)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError, BaseExceptionGroup):
        return b"PAR1" + data
    return found.getvalue() if dice.chance(0.7) else dice.one_of((_cut, _flip, _remove))(dice, found.getvalue())


_CASTS: tuple[Callable[[Any], Any], ...] = (
    lambda pl: pl.lit("2026-11-22").str.to_date(),
    lambda pl: pl.lit("2026-11-22 10:00:00").str.to_datetime(),
    lambda pl: pl.lit(b"\xff\x00"),
    lambda pl: pl.lit("1.50").cast(pl.Decimal(10, 2)),
    lambda pl: pl.lit(float("nan")),
    lambda pl: pl.duration(days=1),
    lambda pl: pl.lit("10:00:00").str.to_time(),
    lambda pl: pl.concat_list(pl.lit(b"\xff")),
    lambda pl: pl.struct(a=pl.lit("2026-11-22").str.to_date()),
    lambda pl: pl.lit("a", dtype=pl.Categorical),
)
_PIECES = (
    *(
        b"\x00",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        codecs.BOM_UTF8,
        b"\n",
        b"\r\n",
        b"\r",
        b"\x0b",
        b"\x1a",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"\\",
        b"\\u",
        b"\\ud800",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5000,
        b"-",
    ),
    *(
        b"//",
        b"/* */",
        b"'",
        b"null",
        b"{}",
        b"[]",
        b"[[",
        b'{"a":',
        b"},{",
        b"}\n{",
        b"\n{",
        b"]\n[",
        b",]",
        b"true",
        b'""',
    ),
)
_WAYS: tuple[Callable[[Dice, bytes], bytes], ...] = (
    *(_cut, _flip, _flip, _insert, _insert, _insert, _remove, _double, _mark, _other_encoding, _line_ends, _packed),
    *(_brackets, _brackets),
)


def mutate_file(dice: Dice, data: bytes) -> bytes:
    """One or more mutations of bytes; long ones and Parquet are rare, for they take long to read."""
    if dice.chance(0.02):
        return _columns(dice, data)
    if dice.chance(0.05):
        data = _endless(dice, data)
    for _ in range(dice.few(3)):
        data = mutate_bytes(dice, data)
    return data
