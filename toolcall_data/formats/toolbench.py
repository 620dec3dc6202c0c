"""ToolBench (ToolLLaMA): sharegpt turns in ReAct's notation, APIs in the system text, a pseudo-tool that ends a row.

Source: the data set of OpenBMB/ToolBench and the prompt of ToolLLaMA.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Origin
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._text_rows import PLAIN_ROLES, system_text, turns_of
from toolcall_data.formats._text_steps import spoken_step, steps_read
from toolcall_data.formats._written_calls import Notation, known_tools
from toolcall_data.formats.sharegpt import Meaning, ShareGPT, Tags

_LISTING = Listing(
    head="",
    tail="",
    layout="list",
    begins=re.compile(r"(?=\[\s*\{\s*[\"'](?:name|type|description)[\"'])"),
    ends=re.compile(r""),
)
_NOTATIONS: tuple[Notation, ...] = ("react",)
_ACTION = re.compile(r"^Action:[^\n]*\n\s*Action Input:", re.MULTILINE)
_THOUGHT = re.compile(r"\A\s*Thought:[ \t]*")
_FINISH = "Finish"
_GAVE_UP = "I give up: with these tools the task cannot be finished."


class ToolBench(ShareGPT):
    """`Thought`, `Action` and `Action Input` are thinking and a call, a turn of `function` is a result.

    `Finish` is no tool: with `give_answer` its final answer is what the model says; with another return type the model
    says that it gives up, and the message keeps `return_type` among its further keys. Its definition is left out of the
    tools; all prose of the system prompt stays. A row is one step of a search: the rows of one query begin alike.
    """

    name = "toolbench"
    title = "ToolBench: Thought, Action, Action Input as text, APIs in the system text, results of role function"
    extends = "sharegpt"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "id": "Step 2: 上海今天多少度？",
        "conversations": [
            {
                "from": "system",
                "value": "你可以使用以下 API，完成后调用 Finish。APIs: "
                "[{'name': 'get_temperature', 'description': '查询气温', 'parameters': {'type': 'object', "
                "'properties': {'city': {'type': 'string', 'description': '城市'}}, 'required': ['city']}}, "
                "{'name': 'Finish', 'description': '给出最终答案', 'parameters': {'type': 'object', 'properties': "
                "{'return_type': {'type': 'string', 'enum': ['give_answer', 'give_up_and_restart']}, "
                "'final_answer': {'type': 'string'}}, 'required': ['return_type']}}]",
            },
            {"from": "user", "value": "上海今天多少度？"},
            {
                "from": "assistant",
                "value": '\nThought: 需要查询气温。\nAction: get_temperature\nAction Input: {"city": "上海"}\n',
            },
            {"from": "function", "value": '{"error": "", "response": {"celsius": 21}}'},
            {
                "from": "assistant",
                "value": "\nThought: 已经知道气温。\nAction: Finish\nAction Input: "
                '{"return_type": "give_answer", "final_answer": "上海今天 21 度。"}\n',
            },
        ],
    }

    def __init__(self) -> None:
        super().__init__(tags=Tags(user_tag="user", assistant_tag="assistant", observation_tag="function"))

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        found = turns_of(row)
        system = system_text(found)
        if row.get("tools") or system is None or "<tools>" in system or not _LISTING.is_in(system):
            return None
        if any(role == "assistant" and _ACTION.search(text) for role, text in found):
            return "turns hold `Action` and `Action Input`, and the system text lists APIs"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(row, origin)
        if self.recognise(row) is None:
            return conversation
        conversation = with_listed_tools(conversation, _LISTING)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            return [_step(message, row, known)] if isinstance(message, Assistant) else [message]

        return _without_finish(steps_read(conversation, step))

    def _meaning(self, tag: str) -> Meaning | None:
        return super()._meaning(tag) or PLAIN_ROLES.get(tag)


def _step(message: Assistant, row: Mapping[str, JSON], known: Mapping[str, JSON]) -> Assistant:
    found = spoken_step(message, row, known, _NOTATIONS)
    if len(found.calls) == 1 and found.calls[0].name == _FINISH and isinstance(found.calls[0].arguments, dict):
        return _finished(found, found.calls[0])
    return found if found.calls else _with_thought(found)


def _finished(message: Assistant, call: Call) -> Assistant:
    """The answer that a call of the pseudo-tool gives."""
    kind, answer = call.arguments.get("return_type"), call.arguments.get("final_answer")
    gives = kind == "give_answer" and isinstance(answer, str)
    rest = {key: value for key, value in call.arguments.items() if key not in ("return_type", "final_answer")}
    if not gives:
        rest = {"return_type": kind, **({} if answer is None else {"final_answer": answer}), **rest}
    return message.model_copy(
        update={"text": answer if gives else _GAVE_UP, "calls": (), "written": None, "extra": {**rest, **message.extra}}
    )


def _with_thought(message: Assistant) -> Assistant:
    """A turn without an action, whose label says no more than that the model speaks."""
    found = _THOUGHT.match(message.text)
    return message.model_copy(update={"text": message.text[found.end() :]}) if found else message


def _without_finish(conversation: Conversation) -> Conversation:
    """The conversation without the pseudo-tool, unless some call to it is left."""
    if any(call.name == _FINISH for call in conversation.calls):
        return conversation
    tools = tuple(tool for tool in conversation.tools if tool.name != _FINISH)
    if len(tools) == len(conversation.tools):
        return conversation
    return conversation.model_copy(update={"tools": tools, "tools_text": encode([tool.raw for tool in tools])})
