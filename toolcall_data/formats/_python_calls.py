"""Calls written as a Python-like list, `[Name With Space(key="value", n=3), Other/Name()]`: reading and writing.

Names may hold spaces, slashes and dots, so nothing of this is Python: it is read by its brackets and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, Call
from toolcall_data.formats._literals import LiteralReader, python_text

_NAME = re.compile(r"[^\[\](){},=\"'\n`][^\[\](){},=\"\n`]*")
_KEY = re.compile(r"([^\s\[\](){},=\"':]+)\s*=")
_QUOTE = re.compile(r"(?=[\"'])")
_BARE_KEY = re.compile(r"[^\W\d]\w*")
_ODD = frozenset("[](){},=\"'\n`")


def python_calls(text: str, position: int, known: Collection[str], *, at: str) -> tuple[list[Call], int]:
    """The calls of the list that begins at `position`, and where it ends.

    A name that holds brackets is only understood where it is `known` or in quotes. A lone value without a key stands
    for the arguments themselves.

    Raises:
        LiteralError: there is no such list.
    """
    reader = LiteralReader(text, position)
    if not reader.take("["):
        raise reader.wrong("no list")
    odd = sorted((name for name in known if _ODD & set(name)), key=len, reverse=True)
    calls: list[Call] = []
    while True:
        calls.append(_call(reader, odd, at, len(calls)))
        if reader.take("]"):
            return calls, reader.position
        if not reader.take(","):
            raise reader.wrong("a list of calls is not closed")


def _call(reader: LiteralReader, odd: Sequence[str], at: str, index: int) -> Call:
    reader.space()
    start = reader.position
    name = _name(reader, odd)
    if not reader.take("("):
        raise reader.wrong("a name without brackets")
    reader.twice, reader.not_finite = [], False
    arguments = _arguments(reader)
    return Call(
        name=name,
        arguments=arguments,
        raw=reader.text[start : reader.position],
        duplicate_keys=tuple(reader.twice),
        not_finite=reader.not_finite,
        at=at,
        sub=f"/{index}/arguments",
    )


def _name(reader: LiteralReader, odd: Sequence[str]) -> str:
    for name in odd:
        if reader.text.startswith(f"{name}(", reader.position):
            reader.position += len(name)
            return name
    if reader.match(_QUOTE):
        return reader.string()
    found = reader.match(_NAME)
    if found is None:
        raise reader.wrong("no name")
    return found[0].strip()


def _arguments(reader: LiteralReader) -> JSON:
    arguments: dict[str, JSON] = {}
    while not reader.take(")"):
        key = _key(reader)
        if key is None:
            return _lone(reader, is_first=not arguments)
        reader.keep(arguments, key, reader.value())
        if not reader.take(",") and not reader.text.startswith(")", reader.position):
            raise reader.wrong("arguments are not closed")
    return arguments


def _key(reader: LiteralReader) -> str | None:
    """The key before the next `=`; None where a value stands without one."""
    if found := reader.match(_KEY):
        return found[1]
    start = reader.position
    if reader.match(_QUOTE):
        key = reader.string()
        if reader.take("="):
            return key
        reader.position = start
    return None


def _lone(reader: LiteralReader, *, is_first: bool) -> JSON:
    value = reader.value()
    if not is_first or not reader.take(")"):
        raise reader.wrong("an argument without a key")
    return value


def python_list(calls: Sequence[Call]) -> str:
    """Calls in this notation; one that could not be read is written as it was found."""
    if len(calls) == 1 and calls[0].error is not None:
        return calls[0].raw
    return f"[{', '.join(_written(call) for call in calls)}]"


def _written(call: Call) -> str:
    if call.error is not None:
        return call.raw
    if not isinstance(call.arguments, dict):
        return f"{_written_name(call.name)}({python_text(call.arguments)})"
    pairs = (f"{_written_key(key)}={python_text(value)}" for key, value in call.arguments.items())
    return f"{_written_name(call.name)}({', '.join(pairs)})"


def _written_name(name: str | None) -> str:
    plain = name is not None and name == name.strip() and not _ODD & set(name)
    return name if plain and name else encode(name or "")


def _written_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else encode(key)
