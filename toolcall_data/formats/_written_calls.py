"""Calls written as text inside a message, in the notations that models and data sets use.

Text inside Markdown code is never a call. Every reader here takes linear time, and any string gives a result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON, Assistant, Call, Tool
from toolcall_data.formats._calls import CANONICAL_THINK, THINK, calls_of_value
from toolcall_data.formats._glaive_calls import glaive_call
from toolcall_data.formats._literals import SPACE, LiteralError, json_at, value_at
from toolcall_data.formats._python_calls import python_calls
from toolcall_data.formats._react_calls import react_call
from toolcall_data.formats._xml_calls import xml_call

Notation = Literal["tool_call", "xml", "functioncall", "toolcall", "call", "mistral", "react", "python", "llama3"]
"""How calls are written.

tool_call     `<tool_call>{"name", "arguments"}</tool_call>`, repeated (Hermes, Qwen); also Python dicts
xml           `<function=f><parameter=k>v</parameter></function>`, mostly inside `<tool_call>` (Qwen3-Coder)
functioncall  `<functioncall> {"name": "f", "arguments": '{...}'}` (Glaive)
toolcall      `<TOOLCALL>[{...}]</TOOLCALL>` (When2Call)
call          `<call>[{...}]</call>` (BUTTON)
mistral       `[TOOL_CALLS] [{...}]`
react         `Action: f`, `Action Input: {...}`, repeated
python        `[Name With Space(k="v")]` (ToolACE)
llama3        `{"name", "parameters"}`, or `arguments`, alone or in a list, and nothing else
"""

NOTATIONS: tuple[Notation, ...] = (
    "tool_call",
    "xml",
    "functioncall",
    "toolcall",
    "call",
    "mistral",
    "react",
    "python",
    "llama3",
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a text with calls holds: thinking before all else, text beside the calls, and at least one call.

    A call whose body cannot be read has an `error` and keeps the body in `raw`.
    """

    notation: Notation
    calls: tuple[Call, ...]
    text: str = ""
    thinking: str | None = None


def known_tools(tools: Iterable[Tool]) -> dict[str, JSON]:
    """The names on offer, each with the JSON Schema of its parameters."""
    return {tool.name: tool.parameters for tool in tools if tool.name is not None}


def written_calls(
    text: str, known: Collection[str] = (), *, notations: Collection[Notation] = NOTATIONS, at: str = ""
) -> Written | None:
    """The calls that a text holds, None where it holds none.

    `known` are the names of the tools on offer; where it is a mapping to their parameters' schemas, the values of XML
    calls get the types that those name. `python` and `llama3`, which look like other text, count only with a known
    name. `at` becomes the place of each call. Where notations are mixed, the first one decides.
    """
    if not any(sign in text for sign in _SIGNS):
        return None
    thinking, rest = thinking_of(text)
    found = _marked(rest, known, notations, at) or _bare(rest, known, notations, at)
    if found is None:
        return None
    inner, said = _thought(found.text) if found.notation == "react" else (None, found.text)
    thoughts = [part for part in (thinking, inner) if part is not None]
    return Written(found.notation, found.calls, said, "\n".join(thoughts) if thoughts else None)


def with_real_calls(message: Assistant, known: Collection[str]) -> Assistant:
    """The message with its written calls as calls; itself where it has calls, or where any in it cannot be read."""
    if message.calls or not message.text:
        return message
    found = written_calls(message.text, known, at=message.value_at)
    if found is None or any(call.error is not None for call in found.calls):
        return message
    thoughts = [thought for thought in (message.thinking, found.thinking) if thought is not None]
    thinking = "\n\n".join(thoughts) if thoughts else None
    return message.model_copy(update={"text": found.text, "thinking": thinking, "calls": found.calls})


_MARK_SIGNS = ("<tool_call>", "<function", "<TOOLCALL>", "<call>", "[TOOL_CALLS]", "Action Input:")
_SIGNS = (*_MARK_SIGNS, '"name"', "[")
_SCRATCH_PAD = re.compile(r"\A\s*<scratch_pad>(.*?)</scratch_pad>\s*", re.DOTALL)
_THOUGHT = re.compile(r"\s*Thought:[ \t]*")


def thinking_of(text: str) -> tuple[str | None, str]:
    """Thinking that a text begins with, in `<think>` or `<scratch_pad>`, and the rest of the text."""
    if found := CANONICAL_THINK.match(text):
        return found[1], text[found.end() :]
    if found := THINK.match(text) or _SCRATCH_PAD.match(text):
        return found[1].strip("\n"), text[found.end() :]
    return None, text


def _thought(text: str) -> tuple[str | None, str]:
    """The thought that stands before an action, and what else does."""
    found = _THOUGHT.match(text)
    return (text[found.end() :].strip() or None, "") if found else (None, text)


_CODE = r"```.*?(?:```|\Z)|``(?:[^`\n]|`(?!`))+``|`[^`\n]*`"
_MARKS: dict[Notation, str] = {
    "xml": r"(?:<tool_call>\s*)?<function=[^<>\n]+>",
    "tool_call": r"<tool_call>\s*(?=[\[{])",
    "functioncall": r"<functioncall>\s*(?=\{)",
    "toolcall": r"<TOOLCALL>\s*(?=[\[{])",
    "call": r"<call>\s*(?=[\[{])",
    "mistral": r"\[TOOL_CALLS\]\s*(?=[\[{])",
    "react": r"^Action:[^\n]*\n\s*Action Input:[ \t]*",
}
_MARK = re.compile(
    "|".join([_CODE, *(f"(?P<{name}>{mark})" for name, mark in _MARKS.items())]), re.DOTALL | re.MULTILINE
)


class Taken(NamedTuple):
    """The calls that one mark begins, and where the text goes on."""

    calls: tuple[Call, ...]
    end: int


@dataclass(slots=True)
class _Parts:
    """The calls met so far, and the pieces of text before, between and behind them."""

    notation: Notation
    calls: list[Call] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def written(self, rest: str) -> Written:
        """All of it; a text and the blocks behind it that stand each on their own lines come apart exactly."""
        first, *others = [*self.pieces, rest]
        stands_alone = others[-1] == "" and (first == "" or first.endswith("\n"))
        if stands_alone and all(piece == "\n" for piece in others[:-1]):
            text = first.removesuffix("\n")
        else:
            text = "\n".join(part for piece in (first, *others) if (part := piece.strip()))
        return Written(self.notation, tuple(self.calls), text)


def _marked(text: str, known: Collection[str], notations: Collection[Notation], at: str) -> Written | None:
    """The calls behind the marks of one notation, the one whose mark comes first."""
    if not any(sign in text for sign in _MARK_SIGNS):
        return None
    parts: _Parts | None = None
    start = position = 0
    while mark := _MARK.search(text, position):
        position = mark.end()
        kind = _notation(mark)
        if kind is None or kind not in notations or (parts is not None and kind != parts.notation):
            continue
        taken = _READERS[kind](text, mark, known, at)
        if taken is None:
            continue
        parts = parts or _Parts(kind)
        parts.pieces.append(text[start : mark.start()])
        parts.calls += taken.calls
        start = position = taken.end
    return parts.written(text[start:]) if parts else None


def _notation(mark: re.Match[str]) -> Notation | None:
    return next((name for name in _MARKS if name == mark.lastgroup), None)


_BORDERS = {
    "tool_call": re.compile(r"</?tool_call>"),
    "toolcall": re.compile(r"</?TOOLCALL>"),
    "call": re.compile(r"</?call>"),
    "mistral": re.compile(r"\[TOOL_CALLS\]|</s>"),
}
_NEXT = {
    "tool_call": re.compile(r"\s*(?:</tool_call>|(?=<tool_call>)|\Z)"),
    "toolcall": re.compile(r"\s*(?:</TOOLCALL>|(?=<TOOLCALL>)|\Z)"),
    "call": re.compile(r"\s*(?:</call>|(?=<call>)|\Z)"),
    "mistral": re.compile(r"(?:\s*</s>)?"),
}


def _block(text: str, mark: re.Match[str], known: Collection[str], at: str) -> Taken:
    """A JSON object or list between tags, whatever tags its strings hold; the last block need not be closed."""
    kind, start = mark.lastgroup or "", mark.end()
    found = json_at(text, start)
    if found.error is None and (after := _NEXT[kind].match(text, found.end)):
        return Taken(calls_of_value(text[start : found.end], at=at), after.end())
    border = _BORDERS[kind].search(text, start)
    stop = border.start() if border else len(text)
    closes = border is not None and border[0].startswith("</")
    return Taken(_calls_of_body(text[start:stop].strip(), at), border.end() if border and closes else stop)


def _calls_of_body(body: str, at: str) -> tuple[Call, ...]:
    """The calls of a body that may be a Python dict instead of JSON."""
    found = value_at(body)
    if found.error is not None or SPACE.sub("", body[found.end :]):
        return calls_of_value(body, at=at)
    calls = calls_of_value(encode(found.value), at=at)
    update = {"duplicate_keys": found.duplicate_keys, "not_finite": found.not_finite}
    if len(calls) == 1:
        update["raw"] = body
    return tuple(call.model_copy(update=update) for call in calls)


def _xml(text: str, mark: re.Match[str], known: Collection[str], at: str) -> Taken:
    call, end = xml_call(text, mark, known, at=at)
    return Taken((call,), end)


def _react(text: str, mark: re.Match[str], known: Collection[str], at: str) -> Taken | None:
    found = react_call(text, mark, known, at=at)
    return found and Taken((found[0],), found[1])


def _functioncall(text: str, mark: re.Match[str], known: Collection[str], at: str) -> Taken:
    call, end = glaive_call(text, mark, at=at)
    return Taken((call,), end)


_READERS: Mapping[Notation, Callable[[str, re.Match[str], Collection[str], str], Taken | None]] = {
    "tool_call": _block,
    "toolcall": _block,
    "call": _block,
    "mistral": _block,
    "xml": _xml,
    "react": _react,
    "functioncall": _functioncall,
}


def _bare(text: str, known: Collection[str], notations: Collection[Notation], at: str) -> Written | None:
    """Calls without a mark: told from other text by a known name."""
    if "llama3" in notations and (calls := _llama3(text.strip(), known, at)):
        return Written("llama3", calls)
    return listed_calls(text, known, at=at) if "python" in notations else None


def _llama3(text: str, known: Collection[str], at: str) -> tuple[Call, ...]:
    """The calls of a text that is nothing but objects with a known `name` and `parameters` or `arguments`."""
    if not text.startswith(("{", "[")):
        return ()
    found = decode(text)
    items = found.value if isinstance(found.value, list) else [found.value]
    if found.error is not None or not all(_is_llama3(item, known) for item in items):
        return ()
    renamed = [{"parameters" if key == "arguments" else key: value for key, value in item.items()} for item in items]
    return tuple(
        Call(
            name=item["name"],
            arguments=item["parameters"],
            raw=text if len(items) == 1 else encode(written),
            duplicate_keys=tuple(found.duplicate_keys),
            not_finite=found.not_finite,
            extra={key: value for key, value in item.items() if key not in ("name", "parameters")},
            at=at,
            sub=f"/{index}/{key}" if isinstance(found.value, list) else f"/{key}",
        )
        for index, (item, written) in enumerate(zip(renamed, items, strict=True))
        for key in ("parameters" if "parameters" in written else "arguments",)
    )


def _is_llama3(item: JSON, known: Collection[str]) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or item["name"] not in known:
        return False
    both = "parameters" in item and "arguments" in item
    return not both and isinstance(item.get("parameters", item.get("arguments")), dict)


_LISTS = re.compile(r"^\[(?=\s*[^\s\[\]{}()])", re.MULTILINE)


def listed_calls(text: str, known: Collection[str], *, at: str, any_name: bool = False) -> Written | None:
    """A Python-like list of calls that a text ends with, from the beginning of a line on.

    One call at least must be to a known tool, unless `any_name` will do.
    """
    for start, calls in _lists(text, known, at):
        if any_name or any(call.name in known for call in calls):
            before = text[:start]
            return Written("python", tuple(calls), before.removesuffix("\n") if before.strip() else "")
    return None


def _lists(text: str, known: Collection[str], at: str) -> Iterator[tuple[int, list[Call]]]:
    """Every list of calls that ends where the text does; what one attempt has read is not read again by another."""
    reached = 0
    for mark in _LISTS.finditer(text):
        if mark.start() < reached:
            continue
        try:
            calls, reached = python_calls(text, mark.start(), known, at=at)
        except LiteralError as error:
            reached = error.position
            continue
        if not text[reached:].strip() and text.count("```", 0, mark.start()) % 2 == 0:
            yield mark.start(), calls
