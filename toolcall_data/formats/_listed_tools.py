"""Tools listed inside the text of a system prompt, between sentences that tell the model how to call them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON, Conversation, Problem, Tool
from toolcall_data.formats._literals import value_at

Layout = Literal["list", "lines", "indented"]
"""How the tools are written: one JSON list, one JSON object a line, or indented objects one after another."""


@dataclass(frozen=True)
class Listed:
    """A system prompt in two parts: what it says, and the tools it lists, with their JSON list as text.

    Where what should be a list cannot be read, `error` says why and `system` is the whole prompt.
    """

    system: str | None
    tools: tuple[Tool, ...] = ()
    text: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Listing:
    """The sentences of a format around its tools, as writing puts them: `head`, the tools, `tail` (none: only read).

    `begins` finds the list in prompts with other sentences (its end is where the first tool is written), `ends` is
    what closes it. `head_known` and `tail_known` are published spellings of the same sentences, dropped on reading
    because writing adds them again.
    """

    head: str
    tail: str
    layout: Layout
    begins: re.Pattern[str]
    ends: re.Pattern[str]
    head_known: re.Pattern[str] | None = None
    tail_known: re.Pattern[str] | None = None

    def is_in(self, text: str | None) -> bool:
        """Whether the text lists tools this way."""
        return text is not None and self._start(text) is not None

    def parted(self, text: str) -> Listed | None:
        """What the prompt says and the tools it lists, None where it lists none; remembered, for prompts repeat."""
        return _parted(self, text)

    def _read(self, text: str) -> Listed | None:
        start = self._start(text)
        if start is None:
            return None
        values, error, stop = _values(text, start[1])
        ends = self.ends.match(text, stop) if error is None else None
        if ends is None:
            return Listed(system=text, error=error or "the list of tools is not closed")
        said = _said(self._before(text[: start[0]]), self._after(text[ends.end() :]))
        return Listed(said, tuple(Tool(raw=value) for value in values), _as_written(text[start[1] : stop], values))

    def joined(self, system: str | None, tools: Sequence[Tool]) -> str:
        """The prompt with the tools behind it."""
        before = f"{system}\n\n" if system else ""
        return f"{before}{self.head}{_layout(tools, self.layout)}{self.tail}"

    def _start(self, text: str) -> tuple[int, int] | None:
        """Where the list's own sentences begin, and the first tool."""
        at = text.find(self.head) if self.head else -1
        if at >= 0:
            return at + len(self.head), at + len(self.head)
        found = self.begins.search(text)
        return (found.start(), found.end()) if found else None

    def _before(self, text: str) -> str:
        if text.endswith(self.head):
            said = text.removesuffix(self.head)
            return said.removesuffix("\n\n") if said.endswith("\n\n") else said.strip()
        found = self.head_known.search(text) if self.head_known else None
        return (text[: found.start()] + text[found.end() :] if found else text).strip()

    def _after(self, text: str) -> str:
        whole = self.tail.removeprefix(_closing(self.tail))
        if text.startswith(whole):
            return text.removeprefix(whole)
        found = self.tail_known.match(text) if self.tail_known else None
        return text[found.end() :] if found else text


@lru_cache(maxsize=1024)
def _parted(listing: Listing, text: str) -> Listed | None:
    return listing._read(text)


def _closing(tail: str) -> str:
    """The tag that closes the list, which `ends` has passed already."""
    found = re.match(r"\s*</\w+>", tail)
    return found[0] if found else ""


def _said(before: str, after: str) -> str | None:
    """The prompt without its list; what stood behind the list follows after a blank line."""
    if not after.strip():
        return before or None
    return "\n\n".join(part for part in (before.strip(), after.strip()) if part)


def _values(text: str, start: int) -> tuple[list[JSON], str | None, int]:
    """The objects that stand one after another, or in lists; why reading ended, and where the last of them ends."""
    values: list[JSON] = []
    position = end = start
    while text.startswith(("{", "["), position := _passed(text, position)):
        found = value_at(text, position)
        if found.error is not None:
            return values, found.error, found.end
        values += found.value if isinstance(found.value, list) else [found.value]
        position = end = found.end
    return values, None, end


def _passed(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return found.end() if found else position


_BETWEEN = re.compile(r"[\s,]*")


def _as_written(text: str, values: list[JSON]) -> str:
    """The list's own text where that is one JSON list, else a list of the same tools."""
    text = text.strip()
    return text if text.startswith("[") and decode(text).error is None else encode(values)


def _layout(tools: Sequence[Tool], layout: Layout) -> str:
    if layout == "list" or not tools:
        return encode([tool.raw for tool in tools])
    if layout == "lines":
        return "\n".join(encode(tool.raw) for tool in tools)
    return "\n".join(_indented(tool.raw) for tool in tools)


def _indented(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, indent=4)


def with_listed_tools(conversation: Conversation, listing: Listing) -> Conversation:
    """The conversation with the tools of its system prompt taken out of it; itself where it lists none.

    Where the row holds tools of its own, a list of the same tools is taken out, and another list stays.
    """
    found = listing.parted(conversation.system) if conversation.system else None
    if found is None:
        return conversation
    at = conversation.system_at
    if conversation.tools:
        is_same = _definitions(found.tools) == _definitions(conversation.tools)
        return conversation.model_copy(update={"system": found.system}) if is_same else conversation
    if found.error is not None:
        problem = Problem(kind="tool.not_json", detail=found.error, at=at, value=conversation.system)
        return conversation.model_copy(update={"problems": (*conversation.problems, problem)})
    update = {"system": found.system, "tools": found.tools, "tools_text": found.text, "tools_at": at}
    return conversation.model_copy(update=update)


def _definitions(tools: Sequence[Tool]) -> list[dict[str, JSON]]:
    return [tool.definition for tool in tools]
