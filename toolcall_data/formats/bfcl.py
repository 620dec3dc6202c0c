"""Questions of the Berkeley Function-Calling Leaderboard, with their possible answers where those are at hand.

Source: BFCL v3 and v4, bfcl_eval/data. Answers stand in the row (`ground_truth`, `possible_answer`) or, under the same
id, in the file of the same name in the folder `possible_answer` beside the questions. One canonical call is made of
the accepted values: the first of each parameter that is not the empty string, which means `may be left out`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import decode, encode, kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    CallError,
    Conversation,
    Origin,
    Problem,
)
from toolcall_data.formats._calls import tools_of_list
from toolcall_data.formats._python_calls import python_calls
from toolcall_data.formats.base import Format
from toolcall_data.formats.openai import OpenAI

_ANSWERS = ("ground_truth", "possible_answer")
_FOLDER = "possible_answer"


class BFCL(Format):
    """`question` holds turns of messages, `function` the tools; the answers become calls and stay in `extra`."""

    name = "bfcl"
    title = "BFCL: question, function, and ground_truth in the row or in possible_answer/ beside the file"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "id": "simple_0",
        "question": [[{"role": "user", "content": "上海今天多少度？"}]],
        "function": [
            {
                "name": "weather.now",
                "description": "查询气温",
                "parameters": {
                    "type": "dict",
                    "properties": {
                        "city": {"type": "string", "description": "城市"},
                        "days": {"type": "integer", "description": "天数"},
                    },
                    "required": ["city"],
                },
            }
        ],
        "ground_truth": [{"weather.now": {"city": ["上海", "上海市"], "days": ["", 1]}}],
    }

    def __init__(self, answers: Mapping[str, JSON] | None = None) -> None:
        self._answers = answers or {}
        self._openai = OpenAI()

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if isinstance(row.get("question"), list) and ("function" in row or "involved_classes" in row):
            return "has `question` and `function`"
        return None

    def beside(self, path: str) -> Format:
        """The format with the answers of the sibling file, where there is one."""
        file = Path(path)
        sibling = file.parent / _FOLDER / file.name
        return BFCL(_answers_of(sibling)) if sibling.is_file() else self

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        problems: list[Problem] = []
        turns, answers = _turns(row, problems), self._answers_to(row)
        messages: list[AnyMessage] = []
        for index, turn in enumerate(turns):
            messages += self._messages(turn, index)
            calls = tuple(_calls(_of_turn(answers, index, len(turns))))
            if calls:
                messages.append(Assistant(role="assistant", calls=calls, at="/ground_truth", value_at="/ground_truth"))
        system, system_at = None, ""
        if messages and messages[0].role == "system":
            system, system_at, messages = messages[0].text, messages[0].value_at, messages[1:]
        functions = row.get("function")
        if functions is not None and not isinstance(functions, list):
            problems.append(Problem(kind="tool.not_list", detail=kind_of(functions), at="/function", value=functions))
        extra = {key: value for key, value in row.items() if key not in ("question", "function")}
        if answers and not any(key in row for key in _ANSWERS):
            extra["ground_truth"] = answers
        return Conversation(
            messages=tuple(messages),
            system=system,
            tools=tools_of_list(functions) if isinstance(functions, list) else (),
            problems=tuple(problems),
            extra=extra,
            origin=origin,
            tools_at="/function",
            system_at=system_at,
        )

    def _answers_to(self, row: Mapping[str, JSON]) -> list[JSON]:
        found = next((row[key] for key in _ANSWERS if key in row), self._answers.get(str(row.get("id"))))
        return found if isinstance(found, list) else []

    def _messages(self, turn: JSON, index: int) -> list[AnyMessage]:
        """The messages of a turn, which are OpenAI's, with their places under `question`."""
        items = turn if isinstance(turn, list) else [turn]
        found: list[AnyMessage] = []
        for number, item in enumerate(items):
            (message,) = self._openai.messages([item])
            at = item_at("question", index, number)
            found.append(message.model_copy(update={"at": at, "value_at": f"{at}/content"}))
        return found


def _turns(row: Mapping[str, JSON], problems: list[Problem]) -> list[JSON]:
    found = row.get("question")
    if isinstance(found, list):
        return found
    if not row:
        problems.append(Problem(kind="row.empty", detail="the row has no keys"))
    elif found is None:
        problems.append(Problem(kind="row.key_missing", detail="no `question`"))
    else:
        detail = f"`question` is {kind_of(found)}, not a list"
        problems.append(Problem(kind="row.value_not_string", detail=detail, at="/question", value=found))
    return []


def _of_turn(answers: list[JSON], index: int, turns: int) -> JSON:
    """The answers to one turn: its own list, or all of them after the last turn."""
    if answers and all(isinstance(answer, list) for answer in answers):
        return answers[index] if index < len(answers) else []
    return answers if index == turns - 1 else []


def _calls(answers: JSON) -> Iterator[Call]:
    """The canonical calls of one turn's answers: objects of accepted values, or calls written in Python."""
    for index, answer in enumerate(answers if isinstance(answers, list) else []):
        at = item_at("ground_truth", index)
        if isinstance(answer, str):
            yield _python_call(answer, at)
        elif isinstance(answer, dict):
            for name, accepted in answer.items():
                arguments = _canonical(accepted)
                yield Call(name=name, arguments=arguments, raw=encode(arguments), at=at)
        else:
            yield _unread("a call is an object or Python text", encode(answer), at)


def _canonical(accepted: JSON) -> JSON:
    """The first accepted value of each parameter; one whose only value is the empty string is left out.

    A parameter that accepts the empty string may be left out, so another value is taken where there is one.
    """
    if not isinstance(accepted, dict):
        return accepted
    chosen = {name: _first(values) for name, values in accepted.items()}
    return {name: value for name, value in chosen.items() if value is not _NOTHING}


_NOTHING = object()


def _first(values: JSON) -> JSON:
    if not isinstance(values, list):
        return values
    found = next((value for value in values if value != ""), _NOTHING)
    if isinstance(found, list):
        return [_canonical(item) for item in found]
    return _canonical(found) if isinstance(found, dict) else found


def _python_call(text: str, at: str) -> Call:
    """A call such as `cd(folder='document')`."""
    try:
        (call,), _ = python_calls(f"[{text.strip()}]", 0, (), at=at)
    except ValueError as error:
        return _unread(str(error), text, at)
    return call.model_copy(update={"sub": ""})


def _unread(detail: str, text: str, at: str) -> Call:
    return Call(error=CallError(kind="not_json", detail=detail), raw=text, at=at)


def _answers_of(path: Path) -> dict[str, JSON]:
    """The answers of a file of them by id; lines that cannot be read have none."""
    found: dict[str, JSON] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            answer = decode(line).value
            if isinstance(answer, dict) and "ground_truth" in answer:
                found[str(answer.get("id"))] = answer["ground_truth"]
    return found
