"""Tools as a Model Context Protocol server lists them: `inputSchema`, titles, annotations; no messages.

Source: the Model Context Protocol specification, server/tools (modelcontextprotocol.io).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON, Conversation, Origin, Problem, Tool
from toolcall_data.formats.base import Format


class MCP(Format):
    """A tool definition, or a list of them under `tools`, as `tools/list` answers."""

    name = "mcp"
    title = "MCP: tool definitions with inputSchema, one a row or a list under `tools`; no messages"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "tools": [
            {
                "name": "get_temperature",
                "title": "气温",
                "description": "查询气温",
                "inputSchema": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
                "annotations": {"readOnlyHint": True},
            }
        ]
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if "inputSchema" in row and "name" in row:
            return "is a tool definition with `inputSchema`"
        tools = row.get("tools")
        if isinstance(tools, list) and any(isinstance(tool, dict) and "inputSchema" in tool for tool in tools):
            return None if _has_messages(row) else "`tools` holds definitions with `inputSchema`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        problems: list[Problem] = []
        if "tools" in row:
            found, at = row["tools"], item_at("tools")
            extra = {key: value for key, value in row.items() if key != "tools"}
        else:
            found, at, extra = [dict(row)] if row else [], "", {}
        if not row:
            problems.append(Problem(kind="row.empty", detail="the row has no keys"))
        elif not isinstance(found, list):
            problems.append(Problem(kind="tool.not_list", detail=kind_of(found), at=at, value=found))
        tools = tuple(_tool(item) for item in found) if isinstance(found, list) else ()
        return Conversation(
            tools=tools, tools_only=True, problems=tuple(problems), extra=extra, origin=origin, tools_at=at
        )


def _has_messages(row: Mapping[str, JSON]) -> bool:
    return any(isinstance(value, list) for key, value in row.items() if key != "tools")


def _tool(item: JSON) -> Tool:
    """The definition with its schema under `parameters`, where everything else looks for it."""
    if not isinstance(item, dict) or "inputSchema" not in item or "parameters" in item:
        return Tool(raw=item)
    return Tool(raw={"parameters" if key == "inputSchema" else key: value for key, value in item.items()})
