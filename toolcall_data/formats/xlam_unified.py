"""xLAM's unified trajectories (ActionStudio): a task instruction, tools, and a conversation with tool_calls.

The instruction is the system prompt; the messages are OpenAI's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON, AnyMessage, Conversation, Origin, Problem
from toolcall_data.formats.base import Format, Trait, with_leftovers
from toolcall_data.formats.openai import OpenAI

_MESSAGES, _SYSTEM = "conversation", "task_instruction"


class XLAMUnified(Format):
    """OpenAI's messages under `conversation`, the system prompt under `task_instruction`."""

    name = "xlam_unified"
    title = "xLAM unified trajectories: task_instruction, tools, and conversation with role, content and tool_calls"
    holds = OpenAI.holds - {Trait.TOOL_WRAPPING}
    example: ClassVar[dict[str, JSON]] = {
        "unique_trajectory_id": "t1",
        "task_instruction": "你是天气助手。",
        "tools": [
            {
                "name": "get_temperature",
                "description": "查询气温",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
            }
        ],
        "conversation": [
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "get_temperature", "arguments": '{"city": "上海"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius": 21}'},
            {"role": "assistant", "content": "上海今天 21 度。"},
        ],
    }

    def __init__(self) -> None:
        self._openai = OpenAI()

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if _SYSTEM in row and isinstance(row.get(_MESSAGES), list):
            return "has `task_instruction` and `conversation`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        renamed = {"messages" if key == _MESSAGES else key: value for key, value in row.items() if key != "messages"}
        found = self._openai.read(renamed, origin)
        problems = [_moved_problem(problem) for problem in found.problems]
        messages = tuple(_moved(message) for message in found.messages)
        system = row.get(_SYSTEM)
        if system is not None and not isinstance(system, str):
            detail = f"`{_SYSTEM}` is {kind_of(system)}, not a string"
            problems.append(Problem(kind="row.value_not_string", detail=detail, at=item_at(_SYSTEM), value=system))
        elif system and found.system:
            problems.append(Problem(kind="conv.multi_system", detail="both", at=item_at(_SYSTEM), value=system))
        is_column = isinstance(system, str) and bool(system) and not found.system
        return found.model_copy(
            update={
                "messages": messages,
                "problems": tuple(problems),
                "system": system if is_column else found.system,
                "system_at": item_at(_SYSTEM) if is_column else _place(found.system_at),
                "extra": {key: value for key, value in found.extra.items() if key != _SYSTEM},
            }
        )

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row, tools unwrapped."""
        found = self._openai.write(conversation.model_copy(update={"system": None, "extra": {}}))
        row: dict[str, JSON] = {
            _SYSTEM: conversation.system or "",
            "tools": [tool.definition or tool.raw for tool in conversation.tools],
            _MESSAGES: found["messages"],
        }
        return with_leftovers(row, conversation.extra)


def _place(at: str) -> str:
    return at.replace("/messages", f"/{_MESSAGES}", 1) if at.startswith("/messages") else at


def _moved_problem(problem: Problem) -> Problem:
    return problem.model_copy(
        update={"at": _place(problem.at), "detail": problem.detail.replace("messages", _MESSAGES)}
    )


def _moved(message: AnyMessage) -> AnyMessage:
    """The message with its places under `conversation`."""
    places: dict[str, JSON] = {"at": _place(message.at), "value_at": _place(message.value_at)}
    if message.role == "assistant" and message.calls:
        places["calls"] = tuple(call.model_copy(update={"at": _place(call.at)}) for call in message.calls)
    return message.model_copy(update=places)
