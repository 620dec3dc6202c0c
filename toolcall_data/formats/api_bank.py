"""API-Bank dialogues: steps of User, AI and API, where an API step holds a call and what it returned.

Source: the API-Bank benchmark (DAMO-ConvAI, api-bank). A row is an object with a list of steps. The benchmark's own
files hold one dialogue each, a step a line: gather the lines of a file into a list under `chat_history` first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import encode
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
from toolcall_data.formats._calls import tools_of_list, tools_of_text
from toolcall_data.formats.base import Format

_ROLES = frozenset({"User", "AI", "API"})


class APIBank(Format):
    """Steps with `role` and `text`; an API step has `api_name`, `param_dict` and `result`."""

    name = "api_bank"
    title = "API-Bank: a list of steps of User, AI and API; an API step is a call with its result"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "chat_history": [
            {"role": "User", "text": "上海今天多少度？"},
            {
                "role": "API",
                "api_name": "GetTemperature",
                "param_dict": {"city": "上海"},
                "result": {"api_name": "GetTemperature", "input": {"city": "上海"}, "output": 21, "exception": None},
            },
            {"role": "AI", "text": "上海今天 21 度。"},
        ],
        "tools": [
            {
                "name": "GetTemperature",
                "description": "查询气温",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        key = _steps_key(row)
        return f"`{key}` holds steps of User, AI and API" if key is not None else None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        key = _steps_key(row)
        problems: list[Problem] = []
        if not row:
            problems.append(Problem(kind="row.empty", detail="the row has no keys"))
        elif key is None:
            problems.append(Problem(kind="row.key_missing", detail="no list of steps of User, AI and API"))
        steps = row[key] if key is not None else []
        messages = tuple(
            message for index, step in enumerate(steps) for message in _messages(step, item_at(key or "", index))
        )
        found = row.get("tools")
        tools, wrong = tools_of_text(found) if isinstance(found, str) else (_listed(found), ())
        problems += [problem.model_copy(update={"at": "/tools"}) for problem in wrong]
        return Conversation(
            messages=messages,
            tools=tools,
            tools_text=found if isinstance(found, str) else None,
            problems=tuple(problems),
            extra={name: value for name, value in row.items() if name not in (key, "tools")},
            origin=origin,
            tools_at="/tools",
        )


def _steps_key(row: Mapping[str, JSON]) -> str | None:
    return next((key for key, value in row.items() if key != "tools" and _are_steps(value)), None)


def _are_steps(value: JSON) -> bool:
    if not isinstance(value, list):
        return False
    roles = {str(item.get("role")) for item in value if isinstance(item, dict) and "role" in item}
    return bool(roles) and roles <= _ROLES and bool(roles & {"AI", "API"})


def _messages(step: JSON, at: str) -> Iterator[AnyMessage]:
    if not isinstance(step, dict):
        yield Malformed(role="malformed", content=step, reason="not_object", at=at, value_at=at)
    elif step.get("role") == "API":
        yield from _call_and_result(step, at)
    else:
        yield _said(step, at)


def _said(step: dict[str, JSON], at: str) -> AnyMessage:
    role, text, value_at = step.get("role"), step.get("text"), f"{at}/text"
    extra = {key: value for key, value in step.items() if key not in ("role", "text")}
    if isinstance(text, str) and role == "User":
        return User(role="user", text=text, extra=extra, at=at, value_at=value_at)
    if isinstance(text, str) and role == "AI":
        return Assistant(role="assistant", text=text, extra=extra, at=at, value_at=value_at)
    meant = {"User": "user", "AI": "assistant"}.get(str(role))
    found = {"role": "malformed", "tag": role, "meant": meant, "content": text, "extra": extra}
    reason = "not_string" if meant else "unknown_role"
    return Malformed.model_validate({**found, "reason": reason}).model_copy(update={"at": at, "value_at": value_at})


def _call_and_result(step: dict[str, JSON], at: str) -> Iterator[AnyMessage]:
    name, arguments = step.get("api_name"), step.get("param_dict")
    call = Call(
        name=name if isinstance(name, str) else None, arguments=arguments, raw=encode(arguments), at=f"{at}/param_dict"
    )
    known = ("role", "api_name", "param_dict", "result")
    extra = {key: value for key, value in step.items() if key not in known}
    yield Assistant(role="assistant", calls=(call,), extra=extra, at=at, value_at=f"{at}/param_dict")
    if "result" not in step:
        return
    result, value_at = step["result"], f"{at}/result"
    failure = result.get("exception") if isinstance(result, dict) else None
    output = result.get("output", result) if isinstance(result, dict) else result
    content = failure if failure else output
    yield Result(
        role="tool",
        content=content if isinstance(content, str) else encode(content),
        name=call.name,
        is_error=True if failure else None,
        at=at,
        value_at=value_at,
    )


def _listed(found: JSON) -> tuple[Tool, ...]:
    return tools_of_list(found) if isinstance(found, list) else ()
