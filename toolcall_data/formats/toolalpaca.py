"""ToolAlpaca rows: one API with its OpenAPI document, and many instances of its use, each a conversation.

Source: the ToolAlpaca project (data/ and build_dataset.py). Training rows hold `Instances` with their steps, rows for
evaluation `Instructions` with `Golden_Answers`. A hint that was meant for the simulated user is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    Conversation,
    Malformed,
    Origin,
    Problem,
    Result,
    Tool,
    User,
)
from toolcall_data.formats._calls import call_of_openai
from toolcall_data.formats._openapi import tool_of
from toolcall_data.formats.base import Format

_DETAILS = "getDetails"
_ASK: dict[str, JSON] = {
    "name": _DETAILS,
    "description": "Ask the user for details that are missing",
    "parameters": {"type": "object", "properties": {"Question": {"type": "string"}}, "required": ["Question"]},
}
_HINT = "\nHint: "
_KEPT = ("Name", "Description", "Category", "Link")


class ToolAlpaca(Format):
    """An API with `Documentation` and `Instances`; every instance is a conversation."""

    name = "toolalpaca"
    title = "ToolAlpaca: an API with its OpenAPI documentation; every instance of its use is a conversation"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "Name": "Weather",
        "Documentation": '{"openapi": "3.0.0", "paths": {"/now": {"get": {"description": "查询气温", "parameters": '
        '[{"name": "city", "in": "query", "required": true, "description": "城市", "schema": {"type": "string"}}]}}}}',
        "Function_Description": {"getTemperature": "查询气温", "components": ""},
        "Function_Projection": {"getTemperature": ["/now", "get"]},
        "Instances": [
            {
                "input": "上海今天多少度？",
                "intermediate_steps": [
                    [
                        [
                            "getTemperature",
                            '{"city": "上海"}',
                            "\n先查上海。\nAction: getTemperature\nAction Input: {}",
                        ],
                        'Status Code: 200. Response: {"celsius": 21}',
                    ]
                ],
                "Final Thought": "查到了。",
                "output": "上海今天 21 度。",
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if "Documentation" in row and ("Instances" in row or "Golden_Answers" in row):
            return "has `Documentation` and `Instances`" if "Instances" in row else "has `Golden_Answers`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        """The first instance; `read_all` gives them all."""
        return next(self.read_all(row, origin))

    def read_all(self, row: Mapping[str, JSON], origin: Origin) -> Iterator[Conversation]:
        tools, problems = _tools(row)
        instances = list(_instances(row))
        if not row:
            problems = (Problem(kind="row.empty", detail="the row has no keys"),)
        elif not instances:
            problems += (Problem(kind="row.key_missing", detail="no instance: `Instances` or `Instructions`"),)
        for part, messages in enumerate(instances or [()]):
            is_asking = any(call.name == _DETAILS for message in messages for call in _calls(message))
            yield Conversation(
                messages=messages,
                tools=(*tools, Tool(raw=_ASK)) if is_asking else tools,
                problems=problems,
                extra={key: row[key] for key in _KEPT if key in row},
                origin=origin.model_copy(update={"part": part}),
                tools_at="/Documentation",
            )


def _tools(row: Mapping[str, JSON]) -> tuple[tuple[Tool, ...], tuple[Problem, ...]]:
    written, functions = row.get("Documentation"), row.get("Function_Projection")
    found = decode(written) if isinstance(written, str) else None
    if found is None or found.error is not None or not isinstance(found.value, dict):
        detail = found.error if found is not None and found.error else "no OpenAPI document"
        return (), (Problem(kind="tool.not_json", detail=detail, at="/Documentation", value=written),)
    document = found.value
    places = functions if isinstance(functions, dict) else {}
    return tuple(
        Tool(raw=tool_of(document, place[0], place[1], name, _described(row, name)))
        for name, place in places.items()
        if isinstance(place, list) and len(place) == 2 and all(isinstance(part, str) for part in place)
    ), ()


def _described(row: Mapping[str, JSON], name: str) -> str | None:
    """What the tool does: the first line, for the rest repeats the parameters."""
    found = row.get("Function_Description")
    text = found.get(name) if isinstance(found, dict) else None
    return text.split("\n", 1)[0] if isinstance(text, str) else None


def _instances(row: Mapping[str, JSON]) -> Iterator[tuple[AnyMessage, ...]]:
    instances = row.get("Instances")
    if isinstance(instances, list) and instances:
        for index, instance in enumerate(instances):
            yield tuple(_of_instance(instance, item_at("Instances", index)))
        return
    asked, answers = row.get("Instructions"), row.get("Golden_Answers")
    for index, text in enumerate(asked if isinstance(asked, list) else []):
        golden = answers[index] if isinstance(answers, list) and index < len(answers) else []
        at = item_at("Golden_Answers", index)
        steps = golden if isinstance(golden, list) else []
        calls = tuple(_golden(step, f"{at}/{number}") for number, step in enumerate(steps))
        yield (_asked(text, item_at("Instructions", index)), *_answer("", None, calls, at))


def _of_instance(instance: JSON, at: str) -> Iterator[AnyMessage]:
    if not isinstance(instance, dict):
        yield Malformed(role="malformed", content=instance, reason="not_object", at=at, value_at=at)
        return
    yield _asked(instance.get("input"), f"{at}/input")
    steps = instance.get("intermediate_steps")
    for index, step in enumerate(steps if isinstance(steps, list) else []):
        yield from _step(step, f"{at}/intermediate_steps/{index}")
    output, thought = instance.get("output"), instance.get("Final Thought")
    if output is not None:
        said = output if isinstance(output, str) else encode(output)
        yield from _answer(said, thought if isinstance(thought, str) else None, (), f"{at}/output")


def _asked(text: JSON, at: str) -> AnyMessage:
    if not isinstance(text, str):
        found = {"role": "malformed", "tag": "user", "meant": "user", "content": text, "reason": "not_string"}
        return Malformed.model_validate(found).model_copy(update={"at": at, "value_at": at})
    said, mark, hint = text.rpartition(_HINT)
    extra = {"hint": hint} if mark else {}
    return User(role="user", text=said if mark else text, extra=extra, at=at, value_at=at)


def _answer(text: str, thinking: str | None, calls: tuple[Call, ...], at: str) -> Iterator[Assistant]:
    yield Assistant(role="assistant", text=text, thinking=thinking, calls=calls, at=at, value_at=at)


def _step(step: JSON, at: str) -> Iterator[AnyMessage]:
    """One step `[[action, input, log], observation]`: the thought stands in the log before the action."""
    action = step[0] if isinstance(step, list) and step else None
    if not isinstance(action, list) or len(action) < 2:
        yield Malformed(role="malformed", content=step, meant="call", reason="not_object", at=at, value_at=at)
        return
    call = call_of_openai({"name": action[0], "arguments": action[1]}, at=at, call_id=None)
    call = call.model_copy(update={"at": f"{at}/0/1"})
    log = action[2] if len(action) > 2 and isinstance(action[2], str) else ""
    thought = log.split("\nAction:", 1)[0].strip()
    yield from _answer("", thought or None, (call,), f"{at}/0")
    if len(step) > 1:
        content = step[1] if isinstance(step[1], str) else encode(step[1])
        yield Result(role="tool", content=content, name=call.name, at=f"{at}/1", value_at=f"{at}/1")


def _golden(step: JSON, at: str) -> Call:
    found = step if isinstance(step, dict) else {}
    written = {"name": found.get("Action"), "arguments": found.get("Action_Input")}
    return call_of_openai(written, at=at, call_id=None).model_copy(update={"at": f"{at}/Action_Input"})


def _calls(message: AnyMessage) -> tuple[Call, ...]:
    return message.calls if isinstance(message, Assistant) else ()
