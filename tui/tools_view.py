"""The tools of a conversation as blocks: the called ones first, each as a signature, its schema where opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from toolcall_data.conversation.model import JSON, Conversation, Tool

from .json_lines import compact, json_lines
from .lines import Block, Span, text_blocks, with_item
from .text import one_line
from .words import Words

_MOST_VALUES = 6


@dataclass(frozen=True)
class Listed:
    """One tool of the list: offered (`tool`), called (`count` times), or both."""

    name: str | None
    tool: Tool | None
    count: int


def listed(conversation: Conversation) -> list[Listed]:
    """Tools that were called, tools called but not offered, then the others; each kind in the row's order."""
    counts = Counter(call.name for call in conversation.calls if call.name)
    offered = [Listed(tool.name, tool, counts[tool.name or ""]) for tool in conversation.tools]
    names = {tool.name for tool in offered}
    missing = [Listed(name, None, count) for name, count in counts.items() if name not in names]
    return [tool for tool in offered if tool.count] + missing + [tool for tool in offered if not tool.count]


def tools_blocks(conversation: Conversation, opened: Collection[int], words: Words) -> list[Block]:
    """The list of tools; `opened` holds the numbers of those whose schema is shown."""
    tools = listed(conversation)
    if not tools:
        return [Block((Span(words("tools.none"), "dim"),))]
    blocks: list[Block] = []
    for number, tool in enumerate(tools):
        blocks += with_item(_tool(tool, number in opened, words), number)
        blocks.append(Block())
    return [*blocks, Block((Span(words("tools.closed"), "dim"),))]


def _tool(listed_tool: Listed, is_open: bool, words: Words) -> Iterator[Block]:
    tool, name = listed_tool.tool, one_line(listed_tool.name or words("chat.unnamed"))
    if tool is None:
        yield Block(
            (Span(name, "error-head"), Span(f"  {words('tools.undefined')}", "error")), (Span("✗ ", "error"),), _HANG
        )
        return
    mark = Span("● ", "name") if listed_tool.count else Span("○ ", "dim")
    calls = (Span(f"  {words('tools.calls', count=listed_tool.count)}", "dim"),) if listed_tool.count > 1 else ()
    yield Block((Span(name, "name"), *_signature(tool.parameters), *calls), (mark,), _HANG)
    if tool.description:
        yield from text_blocks(tool.description, "", _HANG)
    if is_open:
        for line in json_lines(tool.raw):
            indent = " " * (2 + len(line.spans[0].text))
            yield Block(line.spans[1:], (Span(indent),), (Span(indent + "  "),))


_HANG = (Span("  "),)


def _signature(parameters: JSON) -> Iterator[Span]:
    """`(city: string*, days: integer = 3)`; a star marks what is required."""
    schema = parameters if isinstance(parameters, dict) else {}
    properties = schema.get("properties")
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    yield Span("(", "punct")
    for number, (name, property_) in enumerate((properties if isinstance(properties, dict) else {}).items()):
        if number:
            yield Span(", ", "punct")
        yield Span(one_line(str(name)), "key")
        yield Span(f": {type_of(property_)}")
        if name in required:
            yield Span("*", "warning")
        if isinstance(property_, dict) and "default" in property_:
            yield Span(f" = {one_line(compact(property_['default']))}", "dim")
    yield Span(")", "punct")


def type_of(schema: JSON) -> str:
    """The type of an argument in a few characters: `string`, `string[]`, `"a" | "b"`, `any`."""
    if not isinstance(schema, dict):
        return "any"
    values = schema.get("enum")
    if isinstance(values, list) and values:
        more = " | …" if len(values) > _MOST_VALUES else ""
        return " | ".join(one_line(compact(value)) for value in values[:_MOST_VALUES]) + more
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(one_line(str(each)) for each in kind)
    if kind == "array":
        return f"{type_of(schema.get('items'))}[]"
    return one_line(str(schema.get("format") or kind)) if kind else "any"
