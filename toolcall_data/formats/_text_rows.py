"""What tells rows whose calls are text from rows that hold calls of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolcall_data.conversation.model import JSON, Tool
from toolcall_data.formats.sharegpt import Meaning

EXAMPLE_TOOL = Tool(
    raw={
        "type": "function",
        "function": {
            "name": "get_temperature",
            "description": "查询气温",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "城市"}},
                "required": ["city"],
            },
        },
    }
)
"""The tool that the examples of these formats list."""

PLAIN_ROLES: dict[str, Meaning] = {"human": "user", "gpt": "assistant", "observation": "tool"}
"""The roles of plain sharegpt rows, which dialects with roles of their own read just the same."""

_CALL_ROLES = frozenset({"function_call", "function-call", "functioncall", "tool_call", "tool_calls", "observation"})
_SYSTEM_ROLES = frozenset({"system", "systems", "developer"})


def texts_of(row: Mapping[str, JSON], list_key: str, role_key: str, text_key: str) -> Iterator[tuple[str, str]]:
    """Role and text of the row's messages that have both."""
    found = row.get(list_key)
    for item in found if isinstance(found, list) else ():
        role, text = (item.get(role_key), item.get(text_key)) if isinstance(item, dict) else (None, None)
        if isinstance(role, str) and isinstance(text, str):
            yield role, text


def turns_of(row: Mapping[str, JSON]) -> list[tuple[str, str]]:
    """The turns of a sharegpt row, none where it has turns of their own for calls."""
    found = list(texts_of(row, "conversations", "from", "value"))
    return [] if any(role in _CALL_ROLES for role, _ in found) else found


def messages_of(row: Mapping[str, JSON]) -> list[tuple[str, str]]:
    """The messages of an OpenAI row, none where any of them holds calls of its own."""
    items = row.get("messages")
    own = isinstance(items, list) and any(
        isinstance(item, dict) and (item.get("tool_calls") or item.get("function_call")) for item in items
    )
    return [] if own else list(texts_of(row, "messages", "role", "content"))


def system_text(turns: list[tuple[str, str]]) -> str | None:
    """The text of a leading system message."""
    return turns[0][1] if turns and turns[0][0] in _SYSTEM_ROLES else None
