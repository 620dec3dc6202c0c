"""ToolACE: sharegpt turns of user, assistant and tool, tools in the system text, calls like Python's.

Source: the data set Team-ACE/ToolACE and its card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import (
    JSON,
    AnyMessage,
    Assistant,
    Call,
    CallError,
    Conversation,
    Origin,
    Result,
    Tool,
)
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._python_calls import python_list
from toolcall_data.formats._text_rows import PLAIN_ROLES, turns_of
from toolcall_data.formats._text_steps import (
    has_steps,
    result_items,
    result_list,
    spoken_step,
    spoken_text,
    steps_read,
    turns,
)
from toolcall_data.formats._written_calls import Written, known_tools, listed_calls
from toolcall_data.formats.base import Trait, with_leftovers
from toolcall_data.formats.sharegpt import Meaning, ShareGPT, Tags

LISTING = Listing(
    head="Here is a list of functions in JSON format that you can invoke:\n",
    tail="\nShould you decide to return the function call(s), put it in the format of "
    "[func1(params_name=params_value, params_name2=params_value2...), func2(params)]",
    layout="list",
    begins=re.compile(r"(?=\[\s*\{\s*[\"'](?:name|type|description)[\"'])"),
    ends=re.compile(r""),
    head_known=re.compile(r"Here is a list of functions in JSON format that you can invoke:?\s*\Z"),
    tail_known=re.compile(
        r"\s*\.?\s*Should you decide to return the function call\(s\)\.?,?\s*"
        r"[Pp]ut it in the format of \[[^\[\]]*\]\s*(?:NO other text MUST be included\.)?\s*"
    ),
)


class ToolACE(ShareGPT):
    """Calls are `[Name With Space(key="value"), Other/Name()]`, results a list of `{"name", "results"}` objects.

    The line that announces the tools and the one that shows the form of a call are dropped from the system prompt,
    since writing puts them around the tools again; when to refuse and everything else it says stays.
    """

    name = "toolace"
    title = "ToolACE: tools in the system text, calls like [Name(key=value)], results as a list of name and results"
    extends = "sharegpt"
    holds = frozenset(Trait) - {
        Trait.CALL_IDS,
        Trait.RESULT_ERRORS,
        Trait.WEIGHTS,
        Trait.CALL_FIELDS,
        Trait.CALL_SPELLING,
        Trait.MALFORMED,
    }
    loses = ("how a prompt of another wording showed the form of a call",)
    example: ClassVar[dict[str, JSON]] = {
        "system": LISTING.joined(
            "没有合适的函数或缺少参数时，请直接说明。",
            [
                Tool(
                    raw={
                        "name": "City Weather",
                        "description": "查询气温",
                        "parameters": {
                            "type": "object",
                            "properties": {"city": {"type": "string", "description": "城市"}},
                            "required": ["city"],
                        },
                    }
                )
            ],
        ),
        "conversations": [
            {"from": "user", "value": "上海和北京今天多少度？"},
            {"from": "assistant", "value": '[City Weather(city="上海"), City Weather(city="北京")]'},
            {
                "from": "tool",
                "value": '[{"name": "City Weather", "results": {"celsius": 21}}, '
                '{"name": "City Weather", "results": {"celsius": 9}}]',
            },
            {"from": "assistant", "value": "上海今天 21 度，北京 9 度。"},
        ],
    }

    def __init__(self) -> None:
        super().__init__(tags=Tags(user_tag="user", assistant_tag="assistant", observation_tag="tool"))

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        system = row.get("system")
        if row.get("tools") or not isinstance(system, str) or "<tools>" in system or not LISTING.is_in(system):
            return None
        roles = {role for role, _ in turns_of(row)}
        if roles and roles <= {"user", "assistant", "tool", "system"}:
            return "turns of user, assistant and tool, with a list of functions in `system`"
        return None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(row, origin)
        if self.recognise(row) is None:
            return conversation
        conversation = with_listed_tools(conversation, LISTING)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            if isinstance(message, Assistant):
                found = _written(message.text, known, message.value_at)
                return [spoken_step(message, row, known, find=lambda _: found)]
            return result_list(message) if isinstance(message, Result) else [message]

        return steps_read(conversation, step)

    def write(self, conversation: Conversation) -> dict[str, JSON]:
        """The row; without tools, calls and results it is that of `sharegpt` with the roles of ToolACE."""
        if not has_steps(conversation):
            return super().write(conversation)
        said = [_results(turn) if isinstance(turn, list) else self._item(turn) for turn in turns(conversation.messages)]
        row: dict[str, JSON] = {
            "system": LISTING.joined(conversation.system, conversation.tools),
            "conversations": said,
        }
        return with_leftovers(row, conversation.extra)

    def _meaning(self, tag: str) -> Meaning | None:
        return super()._meaning(tag) or PLAIN_ROLES.get(tag)

    def _tag_and_value(self, message: AnyMessage) -> tuple[JSON, JSON]:
        if isinstance(message, Assistant):
            return "assistant", spoken_text(message, python_list(message.calls))
        return super()._tag_and_value(message)


def _written(text: str, known: Mapping[str, JSON], at: str) -> Written | None:
    """The calls of a text; a list that begins as one with a known name but cannot be read is one broken call."""
    found = listed_calls(text, known, at=at, any_name=True)
    if found is not None:
        return found
    raw = text.strip()
    name = raw.removeprefix("[").partition("(")[0].strip()
    if raw.startswith("[") and name in known:
        error = CallError(kind="not_json", detail="the list of calls is not written as [name(key=value), ...]")
        return Written("python", (Call(raw=raw, error=error, at=at),))
    return None


def _results(results: list[Result]) -> dict[str, JSON]:
    """A turn of results; one whose text alone reads back the same is left as it is."""
    first = results[0]
    alone = len(results) == 1 and first.name is None and not _is_list_of_results(first.content)
    value = first.content if alone else encode(result_items(results))
    return with_leftovers({"from": "tool", "value": value}, first.extra)


def _is_list_of_results(content: str) -> bool:
    found = decode(content).value if content.lstrip().startswith(("[", "{")) else None
    items = found if isinstance(found, list) else [found]
    return any(isinstance(item, dict) and "results" in item for item in items)
