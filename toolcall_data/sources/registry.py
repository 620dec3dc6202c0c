"""Reading a dataset_info.json for judging: nothing in it is an exception, and every key has its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.errors import InputError
from toolcall_data.formats.base import Format
from toolcall_data.prose import Prose
from toolcall_data.sources.bytes import open_text
from toolcall_data.sources.dataset_info import FILE_NAME, Entry, format_of
from toolcall_data.target.registry import FORMATTINGS, JUDGED, Fault, Local, Member, Registered, Registry

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')
_MOST_MEMBERS = 10_000


def read_registry(path: Path) -> Registry:
    """The registry; one that cannot be read has a `fault` and no entries."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        return _faulty(path, (Prose(f"cannot be read: {reason}", f"无法读取：{reason}"), None))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _faulty(path, (Prose("is not UTF-8", "不是 UTF-8"), line))
    if text.startswith("\ufeff"):
        return _faulty(path, (Prose("begins with a byte order mark", "以字节顺序标记（BOM）开头"), 1))
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        return _faulty(path, (Prose(f"no JSON: {error.msg}", f"不是 JSON：{error.msg}"), error.lineno))
    except RecursionError:
        return _faulty(path, (Prose("is nested too deeply", "嵌套过深"), None))
    except ValueError as error:  # an integer of more digits than Python reads
        return _faulty(path, (Prose(f"no JSON: {error}", f"不是 JSON：{error}"), None))
    if not isinstance(found, dict):
        kind = kind_of(found)
        return _faulty(path, (Prose(f"is {kind}, not an object", f"是 {kind}，不是对象"), 1))
    placed = list(_places(text))
    lines = dict(placed)
    twice = tuple(_twice(placed))
    entries = tuple(_registered(path, name, keys, lines) for name, keys in found.items())
    return Registry(str(path), entries, foreign=_foreign(text), twice=twice)


def _faulty(path: Path, fault: Fault) -> Registry:
    return Registry(str(path), fault=fault)


def _foreign(text: str) -> tuple[str, int] | None:
    if text.isascii():
        return None
    at = next(index for index, character in enumerate(text) if character > "\x7f")
    return text[at], text.count("\n", 0, at) + 1


def _places(text: str) -> Iterator[tuple[str, int]]:
    """The pointer and line of every key of an object, in order; the text is JSON."""
    line, above, key = 1, [""], ""
    inside: list[bool] = []
    is_key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{[":
            inside.append(token == "{")
            above.append(key)
            is_key = token == "{"
        elif token in "}]":
            inside.pop()
            above.pop()
            is_key = False
        elif token == ",":
            is_key = inside[-1]
        elif token[0] == '"' and is_key:
            key = above[-1] + item_at(json.loads(token))
            is_key = False
            yield key, line


def _twice(placed: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Names that stand twice in one object; what lies below a name that does is not told again."""
    seen: set[str] = set()
    told: set[str] = set()
    for pointer, line in placed:
        above = pointer.rpartition("/")[0]
        if pointer in seen and pointer not in told and above not in told:
            yield pointer, line
        if pointer in seen:
            told.add(pointer)
        seen.add(pointer)


def _registered(info: Path, name: str, keys: JSON, lines: dict[str, int]) -> Registered:
    if not isinstance(keys, dict):
        return Registered(name, str(info), None, lines)
    entry = Registered(name, str(info), keys, lines)
    file_name = keys.get("file_name")
    if entry.source != "file_name" or not isinstance(file_name, str):
        return entry
    return Registered(name, str(info), keys, lines, _local(info, file_name))


def _local(info: Path, name: str) -> Local:
    path = info.parent / name
    try:
        if path.is_dir():
            # In the order of names; the trainer takes them in that of the file system.
            names = sorted(path.iterdir())[:_MOST_MEMBERS]
            members = tuple(Member(member.name, member.is_dir()) for member in names)
            return Local(str(path), "folder", members, tuple(_unreadable(names)))
        if path.is_file():
            return Local(str(path), "file", unreadable=tuple(_unreadable([path])))
        beside = sorted(member.name for member in path.parent.iterdir()) if path.parent.is_dir() else []
        return Local(str(path), "missing", beside=tuple(beside))
    except (OSError, ValueError):
        return Local(str(path), "missing")


def _unreadable(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Files whose bytes are no text that can be read, and why."""
    for file in files:
        if file.is_file() and extension(file.name) in JUDGED:
            try:
                open_text(str(file)).close()
            except InputError as error:
                yield str(file), error.message


def extension(name: str) -> str:
    """What the trainer takes as the extension."""
    return Path(name).suffix[1:]


def judged_files(local: Local | None) -> list[str]:
    """The files of a set whose rows can be judged: those that the trainer loads and tcdata reads."""
    if local is None or local.kind == "missing":
        return []
    names = [local.path] if local.kind == "file" else [str(Path(local.path) / member.name) for member in local.members]
    bad = {path for path, _ in local.unreadable}
    folders = {str(Path(local.path) / member.name) for member in local.members if member.is_folder}
    return [name for name in names if extension(name) in JUDGED and name not in bad | folders]


def registry_of(name: str) -> tuple[Path, str | None] | None:
    """The dataset_info.json that a user's name means, and the one dataset where `dataset@folder` names it.

    None where the name means files.
    """
    path = Path(name)
    if path.name == FILE_NAME and path.is_file():
        return path, None
    if path.is_dir():
        return (path / FILE_NAME, None) if (path / FILE_NAME).is_file() else None
    if path.exists() or "@" not in name:
        return None
    dataset, _, place = name.partition("@")
    return (Path(place) / FILE_NAME if Path(place).is_dir() else Path(place)), dataset


def format_of_entry(entry: Registered) -> Format | None:
    """The format with the entry's columns and tags; None where it says nothing that could be read."""
    blocks = [entry.keys.get(name) for name in ("columns", "tags") if name in entry.keys] if entry.keys else []
    if not all(isinstance(block, dict) and all(map(_is_name, block.values())) for block in blocks):
        return None
    if entry.formatting not in FORMATTINGS:
        return None
    return format_of(Entry(entry.name, Path(entry.info), entry.keys or {}))


def _is_name(value: JSON) -> bool:
    return value is None or isinstance(value, str)
