"""xLAM rows: one query, the calls that answer it, and the tools on offer; calls and tools are JSON strings.

Source: the xlam-function-calling-60k and APIGen data cards (Salesforce). Parameters are usually a flat map of names
with Python's types (`int, optional`); they are kept as written, and the rules know how to mend them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.json_text import decode, encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    Conversation,
    Malformed,
    Origin,
    Problem,
    Tool,
    User,
)
from toolcall_data.formats._calls import calls_of_value, tools_of_list, tools_of_text
from toolcall_data.formats.base import Format, Trait, nearest_key, with_leftovers

_KEYS = ("query", "answers", "tools")


class XLAM(Format):
    """A query and the calls that answer it, without results."""

    name = "xlam"
    title = "xLAM, APIGen: query, answers and tools; the answers are calls, the last two JSON strings"
    holds = frozenset(
        {
            Trait.CALLS,
            Trait.SEVERAL_CALLS,
            Trait.CALL_FIELDS,
            Trait.TOOLS,
            Trait.TOOL_FIELDS,
            Trait.TOOL_WRAPPING,
            Trait.ROW_FIELDS,
            Trait.VALUE_TYPES,
        }
    )
    example: ClassVar[dict[str, JSON]] = {
        "id": 7,
        "query": "奥斯陆和罗马现在多少度？",
        "answers": '[{"name": "get_temperature", "arguments": {"city": "奥斯陆"}}, '
        '{"name": "get_temperature", "arguments": {"city": "罗马"}}]',
        "tools": '[{"name": "get_temperature", "description": "查询气温", "parameters": '
        '{"city": {"description": "城市", "type": "str"}, "days": {"description": "天数", "type": "int, optional"}}}]',
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        return "has `query`, `answers` and `tools`" if all(key in row for key in _KEYS) else None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        problems = _missing(row)
        tools, tools_text = _tools(row.get("tools"), problems)
        messages = [_query(row["query"])] if "query" in row else []
        messages += [_answers(row["answers"])] if "answers" in row else []
        return Conversation(
            messages=tuple(messages),
            tools=tools,
            tools_text=tools_text,
            problems=tuple(problems),
            extra={key: value for key, value in row.items() if key not in _KEYS},
            origin=origin,
            tools_at="/tools",
        )

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row of the first question and its answer, tools and calls as JSON strings."""
        asked = next((message for message in conversation.messages if isinstance(message, User)), None)
        answer = next((message for message in conversation.messages if isinstance(message, Assistant)), None)
        row: dict[str, JSON] = {
            "query": asked.text if asked is not None else "",
            "answers": _answers_text(answer) if answer is not None else "[]",
            "tools": encode([tool.raw for tool in conversation.tools]),
        }
        return with_leftovers(row, conversation.extra)


def _missing(row: Mapping[str, JSON]) -> list[Problem]:
    if not row:
        return [Problem(kind="row.empty", detail="the row has no keys")]
    return [
        Problem(kind="row.key_missing", detail=f"no `{key}`{nearest_key(row, key)}")
        for key in ("query", "answers")
        if key not in row
    ]


def _query(found: JSON) -> AnyMessage:
    if isinstance(found, str):
        return User(role="user", text=found, at="/query", value_at="/query")
    return _malformed("user", found, "/query")


def _answers(found: JSON) -> AnyMessage:
    """The calls; text where the answers are none, as refusals are. An empty list answers nothing."""
    at = "/answers"
    text = encode(found) if isinstance(found, list | dict) else found
    if not isinstance(text, str):
        return _malformed("assistant", found, at)
    decoded = decode(text)
    said, calls = text, tuple[Call, ...]()
    if decoded.error is None and isinstance(decoded.value, str):
        said = decoded.value
    elif decoded.error is None and decoded.value == []:
        said = ""
    elif _is_calls(decoded.value) or text.lstrip().startswith(("[{", '{"name"')):
        said, calls = "", calls_of_value(text, at=at)
    return Assistant(role="assistant", text=said, calls=calls, at=at, value_at=at, written=text if calls else None)


def _is_calls(value: JSON) -> bool:
    """Whether a value is a call, or a list of what should be calls."""
    return isinstance(value, list) or (isinstance(value, dict) and "name" in value)


def _malformed(meant: str, value: JSON, at: str) -> AnyMessage:
    found = {"role": "malformed", "tag": meant, "meant": meant, "content": value, "reason": "not_string"}
    return Malformed.model_validate(found).model_copy(update={"at": at, "value_at": at})


def _tools(found: JSON, problems: list[Problem]) -> tuple[tuple[Tool, ...], str | None]:
    if found is None or isinstance(found, list):
        return tools_of_list(found or []), None
    if isinstance(found, str):
        tools, wrong = tools_of_text(found)
        problems += [problem.model_copy(update={"at": "/tools"}) for problem in wrong]
        return tools, found
    problems.append(Problem(kind="tool.not_list", detail=kind_of(found), at="/tools", value=found))
    return ((Tool(raw=found),) if isinstance(found, dict) else ()), None


def _answers_text(message: Assistant) -> str:
    """The calls as a JSON list; text as it is, or as a JSON string where it would read as something else."""
    if not message.calls:
        reads_as = _answers(message.text)
        is_plain = isinstance(reads_as, Assistant) and not reads_as.calls and reads_as.text == message.text
        return message.text if is_plain else encode(message.text)
    if unread := [call.raw for call in message.calls if call.error is not None]:
        return message.written if message.written is not None else unread[0]
    return encode([{"name": call.name, "arguments": call.arguments, **call.extra} for call in message.calls])
