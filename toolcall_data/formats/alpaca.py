"""Alpaca rows: instruction, input, output, with history, system and tools where a set has them.

Source: LLaMA-Factory 0.9.5, data/converter.py (AlpacaDatasetConverter).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Conversation,
    Malformed,
    Origin,
    Problem,
    User,
    unchecked,
)
from toolcall_data.formats._calls import tools_of_list, tools_of_text
from toolcall_data.formats.base import Format, Trait, nearest_key, with_leftovers
from toolcall_data.formats.sharegpt import assistant_value, message_of, tools_string

_conversation = unchecked(Conversation)
_user = unchecked(User)


@dataclass(frozen=True)
class Columns:
    """Which keys of a row hold what; None means the row has no such column."""

    prompt: str | None = "instruction"
    query: str | None = "input"
    response: str | None = "output"
    history: str | None = "history"
    system: str | None = "system"
    tools: str | None = "tools"


class Alpaca(Format):
    """One instruction and its output; a call cannot be held, it would be trained as plain text."""

    name = "alpaca"
    title = "Alpaca: instruction, input, output, with optional history and system"
    holds = frozenset(
        {
            Trait.THINKING,
            Trait.SYSTEM,
            Trait.TOOLS,
            Trait.TOOL_FIELDS,
            Trait.TOOL_WRAPPING,
            Trait.SEVERAL_TURNS,
            Trait.ROW_FIELDS,
        }
    )
    example: ClassVar[dict[str, JSON]] = {
        "instruction": "把下面的句子翻译成英文",
        "input": "今天天气很好。",
        "output": "The weather is nice today.",
        "history": [["你好", "你好，有什么可以帮你？"]],
        "system": "",
    }

    def __init__(self, columns: Columns | None = None) -> None:
        self.columns = columns or Columns()

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if "instruction" in row and "output" in row:
            return "has `instruction` and `output`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        columns = self.columns
        problems = self._missing(row)
        messages = [*self._history(row, problems)]
        if not problems or any(key in row for key in (columns.prompt, columns.response) if key):
            messages += [self._prompt(row), self._response(row)]
        tools_at = item_at(columns.tools) if columns.tools else ""
        written = row.get(columns.tools) if columns.tools else None
        tools, wrong = (
            tools_of_text(written)
            if isinstance(written, str)
            else (tools_of_list(written) if isinstance(written, list) else (), ())
        )
        problems += [problem.model_copy(update={"at": tools_at}) for problem in wrong]
        system = row.get(columns.system) if columns.system else None
        if system is not None and not isinstance(system, str):
            detail = f"`{columns.system}` is {kind_of(system)}, not a string"
            problems.append(Problem(kind="row.value_not_string", detail=detail, at=item_at(columns.system or "")))
            system = None
        taken = {columns.prompt, columns.query, columns.response, columns.history, columns.system, columns.tools}
        return _conversation(
            messages=tuple(messages),
            system=system or None,
            tools=tools,
            tools_text=written if isinstance(written, str) else None,
            problems=tuple(problems),
            extra={key: value for key, value in row.items() if key not in taken},
            origin=origin,
            tools_at=tools_at,
            system_at=item_at(columns.system) if columns.system else "",
        )

    def _missing(self, row: Mapping[str, JSON]) -> list[Problem]:
        if not row:
            return [Problem(kind="row.empty", detail="the row has no keys")]
        return [
            Problem(kind="row.key_missing", detail=f"no `{key}`{nearest_key(row, key)}")
            for key in (self.columns.prompt, self.columns.response)
            if key and key not in row
        ]

    def _history(self, row: Mapping[str, JSON], problems: list[Problem]) -> list[AnyMessage]:
        key = self.columns.history
        found = row.get(key) if key else None
        if key is None or found is None:
            return []
        if not isinstance(found, list):
            detail = f"`{key}` is {kind_of(found)}, not a list of pairs"
            problems.append(Problem(kind="row.value_not_string", detail=detail, at=item_at(key), value=found))
            return []
        messages: list[AnyMessage] = []
        for index, pair in enumerate(found):
            at = item_at(key, index)
            if not isinstance(pair, list) or len(pair) != 2:
                detail = f"a turn of `{key}` is a pair [user, assistant], this is {_described(pair)}"
                problems.append(Problem(kind="row.value_not_string", detail=detail, at=at, value=pair))
                continue
            messages += [_text_message("user", pair[0], f"{at}/0"), _text_message("assistant", pair[1], f"{at}/1")]
        return messages

    def _prompt(self, row: Mapping[str, JSON]) -> AnyMessage:
        """Instruction and input joined by a line break, as LLaMA-Factory joins them; the input is kept to part them."""
        at = item_at(self.columns.prompt) if self.columns.prompt else ""
        prompt = row.get(self.columns.prompt or "", "") if self.columns.prompt else ""
        query = row.get(self.columns.query or "", "") if self.columns.query else ""
        for value, place in ((prompt, at), (query, item_at(self.columns.query or ""))):
            if value is not None and not isinstance(value, str):
                return _text_message("user", value, place)
        text = "\n".join(part for part in (prompt, query) if part)
        return _user(role="user", text=text, given=query if query and prompt else None, at=at, value_at=at)

    def _response(self, row: Mapping[str, JSON]) -> AnyMessage:
        key = self.columns.response or "output"
        return _text_message("assistant", row.get(key), item_at(key))

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; a conversation that alpaca cannot hold keeps what fits: pairs of user and assistant text."""
        texts = [_text_of(message) for message in conversation.messages]
        pairs = [list(pair) for pair in zip(texts[0:-2:2], texts[1:-2:2], strict=False)]
        last = conversation.messages[-2] if len(texts) > 1 else None
        prompt = texts[-2] if len(texts) > 1 else ""
        query = (last.given if isinstance(last, User) else None) or ""
        if query and isinstance(prompt, str) and prompt.endswith(f"\n{query}"):
            prompt = prompt[: -len(query) - 1]
        else:
            query = ""
        row: dict[str, JSON] = {
            self.columns.prompt or "instruction": prompt,
            self.columns.query or "input": query,
            self.columns.response or "output": texts[-1] if texts else "",
            self.columns.history or "history": pairs,
            self.columns.system or "system": conversation.system or "",
        }
        if conversation.tools:
            row[self.columns.tools or "tools"] = tools_string(conversation)
        return with_leftovers(row, conversation.extra)


def _text_message(meant: str, value: JSON, at: str) -> AnyMessage:
    if isinstance(value, str):
        if meant == "assistant":
            return message_of("assistant", value, at=at, value_at=at, extra={})
        return _user(role="user", text=value, at=at, value_at=at)
    return Malformed.model_validate(
        {"role": "malformed", "tag": meant, "meant": meant, "content": value, "reason": "not_string"}
    ).model_copy(update={"at": at, "value_at": at})


def _text_of(message: AnyMessage) -> JSON:
    match message:
        case Assistant():
            return assistant_value(message)
        case User():
            return message.text
        case Malformed():
            return message.content
        case _:
            return message.text if message.role == "system" else message.content


def _described(value: JSON) -> str:
    return f"a list of {len(value)}" if isinstance(value, list) else kind_of(value)
